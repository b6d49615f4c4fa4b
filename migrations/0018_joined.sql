-- SPDX-License-Identifier: Apache-2.0
-- Complaints that have to do with each other: what is a repeat of which; what many households say at once; what is asked about again; what was split off from which.
-- serves_from: 6

CREATE TABLE collective (
    community_id    uuid        NOT NULL REFERENCES community,
    collective_id   uuid        NOT NULL,
    first_id        uuid        NOT NULL,
    place_id        uuid        NOT NULL,
    category        smallint    NOT NULL,
    household_count smallint    NOT NULL CHECK (household_count > 0),
    found_at        timestamptz NOT NULL,
    PRIMARY KEY (community_id, collective_id),
    FOREIGN KEY (community_id, first_id) REFERENCES complaint (community_id, complaint_id),
    FOREIGN KEY (community_id, place_id) REFERENCES place (community_id, place_id)
);
COMMENT ON TABLE collective IS 'Many households about one matter within a day (集体投诉), found by the server, each once.';
COMMENT ON COLUMN collective.first_id IS 'The first complaint of it; whose it is, it is.';
COMMENT ON COLUMN collective.place_id IS 'The building, or the place that stands alone.';
COMMENT ON COLUMN collective.category IS 'The group.';
COMMENT ON COLUMN collective.household_count IS 'When it was found.';

-- What is there has neither: no row needs a look (NOT VALID).
ALTER TABLE complaint
    ADD COLUMN repeat_of     uuid,
    ADD COLUMN collective_id uuid,
    ADD COLUMN split_from    uuid,
    ADD COLUMN chased_count  smallint NOT NULL DEFAULT 0,
    ADD COLUMN chased_at     timestamptz,
    ADD CONSTRAINT complaint_repeat FOREIGN KEY (community_id, repeat_of)
        REFERENCES complaint (community_id, complaint_id) NOT VALID,
    ADD CONSTRAINT complaint_collective FOREIGN KEY (community_id, collective_id)
        REFERENCES collective (community_id, collective_id) NOT VALID,
    ADD CONSTRAINT complaint_split FOREIGN KEY (community_id, split_from)
        REFERENCES complaint (community_id, complaint_id) NOT VALID;
COMMENT ON COLUMN complaint.repeat_of IS 'The one of the same household and category that was closed within 30 days before; decided at submission, corrected by customer service.';
COMMENT ON COLUMN complaint.collective_id IS 'Many households say so.';
COMMENT ON COLUMN complaint.split_from IS 'It was a part of this one.';
COMMENT ON COLUMN complaint.chased_count IS 'How often the owner asked again, once an hour at most.';
COMMENT ON COLUMN complaint.chased_at IS 'The last time that counted.';
-- What stands out is listed by time like everything, and is little.
CREATE INDEX complaint_joined ON complaint (community_id, submitted_at DESC, complaint_id DESC)
    WHERE chased_count > 0 OR repeat_of IS NOT NULL OR collective_id IS NOT NULL;

ALTER TABLE event ADD COLUMN other_id uuid;
COMMENT ON COLUMN event.other_id IS 'Another complaint that it has to do with: the original of a repeat, where a part came from or went; the first one of a collective.';
COMMENT ON COLUMN event.topic IS '1 complaint, 2 account, 3 grant, 4 place, 5 session, 6 file, 7 people, 11 collective.';

GRANT SELECT, INSERT ON collective TO guanjia_app;

-- SPDX-License-Identifier: Apache-2.0
-- Owners who do not answer are reminded; those of merged complaints are told with the master's. A server of before
-- writes neither column nor table: whom it asks is not reminded, and waits for a decision after 7 days all the same.
-- serves_from: 6

ALTER TABLE complaint ADD COLUMN remind_at timestamptz;
COMMENT ON COLUMN complaint.remind_at IS 'When the owner is reminded next (reminder.h); null: all reminders are through, or the owner was not asked.';
UPDATE complaint SET remind_at = pending_at + interval '24 hours' WHERE state = 7;

CREATE INDEX complaint_remind ON complaint (remind_at) WHERE remind_at IS NOT NULL;
-- What waits for a decision; also what rests since, which the list leaves out. No step but those that ask an owner or
-- end it changes what the predicate names, so the others stay on their page (HOT).
CREATE INDEX complaint_waits ON complaint (community_id, submitted_at DESC, complaint_id DESC)
    WHERE is_open AND pending_at IS NOT NULL AND remind_at IS NULL;

CREATE TABLE merged_notice (
    community_id uuid        NOT NULL,
    complaint_id uuid        NOT NULL,
    version      integer     NOT NULL,
    step         smallint    NOT NULL,
    told_to      uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    due_at       timestamptz NOT NULL,
    PRIMARY KEY (community_id, complaint_id, version),
    FOREIGN KEY (community_id, complaint_id) REFERENCES complaint (community_id, complaint_id)
);
COMMENT ON TABLE merged_notice IS 'A master was answered, closed or decided, and the owners of what is merged into it are still to be told: written with the step, taken apart into outgoing in portions, gone when all are told.';
COMMENT ON COLUMN merged_notice.version IS 'Of the master after the step.';
COMMENT ON COLUMN merged_notice.told_to IS 'Owners of merged complaints up to this id have been told.';
COMMENT ON COLUMN merged_notice.due_at IS 'Owners are written to by day only.';
CREATE INDEX merged_notice_due ON merged_notice (due_at);

GRANT SELECT, INSERT, DELETE ON merged_notice TO guanjia_app;
GRANT UPDATE (told_to, due_at) ON merged_notice TO guanjia_app;

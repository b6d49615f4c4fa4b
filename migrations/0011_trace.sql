-- SPDX-License-Identifier: Apache-2.0
-- What ties an event to the request that left it: the client's screen, the server's log, the record.
-- serves_from: 7

ALTER TABLE event ADD COLUMN trace_id uuid;
COMMENT ON COLUMN event.trace_id IS
    'The trace of the request, as the client or the server made it; the log has it too. Null: the server did it by itself, or before there were traces.';

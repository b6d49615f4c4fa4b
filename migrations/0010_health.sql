-- SPDX-License-Identifier: Apache-2.0
-- Whether a synchronous standby is wanted, and whether it is there.
-- serves_from: 6

-- pg_stat_replication shows what matters to pg_read_all_stats only, which would also let the server read
-- everybody's statements. So guanjia_owner has it, where it has, and the server gets three values.
CREATE FUNCTION standby_health(OUT wanted integer, OUT present integer, OUT is_shown boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE WHEN names = '' THEN 0 ELSE
               coalesce(substring(names FROM '^\s*(?:[A-Za-z]+\s*)?(\d+)\s*\(')::integer, 1) END,
           (SELECT count(*)::integer FROM pg_stat_replication
               WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')),
           pg_has_role('pg_read_all_stats', 'USAGE')
    FROM (SELECT trim(current_setting('synchronous_standby_names')) AS names) AS setting
$$;
COMMENT ON FUNCTION standby_health() IS
    'How many synchronous standbys a commit waits for, how many are there, and whether that can be seen from here.';
REVOKE ALL ON FUNCTION standby_health() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION standby_health() TO guanjia_app;

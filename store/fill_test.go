package store_test

import (
	"fmt"
	"strings"

	"carillon/store/engine"
)

// fill adds accounts a0, a1 …, marked as deleted, and a number of rows to them, by
// statements such as manyUsers, which both engines can run: i counts the rows,
// mixed keeps no order, and account is one of theirs.
func fill(tx engine.Tx, rows, accounts int, inserts ...string) error {
	for i := range accounts {
		if _, err := tx.Exec(`INSERT INTO accounts (account_id, aws_account_id, name, name_key, account_type, account_status, default_license,
				directory_id, delegate_groups, disable_remote_control, enable_dial_out, created_ms)
			VALUES ($1, 'deleted', '', '', 'Team', 'Active', '', '', '', FALSE, FALSE, 1)`, fmt.Sprint("a", i)); err != nil {
			return err
		}
	}
	for _, insert := range inserts {
		if err := fillOne(tx, rows, accounts, insert); err != nil {
			return err
		}
	}
	return nil
}

// fillOne adds rows to one table, of accounts that are there.
func fillOne(tx engine.Tx, rows, accounts int, insert string) error {
	// The numbers are in the text, where PostgreSQL need not guess their type.
	_, err := tx.Exec(strings.NewReplacer("ROWS", fmt.Sprint(rows), "ACCOUNTS", fmt.Sprint(accounts)).Replace(numbered + insert))
	return err
}

const (
	numbered = `WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ROWS),
		v AS (SELECT i, i * 2654435761 % 4294967296 AS mixed, 'a' || CAST(i % ACCOUNTS AS TEXT) AS account,
			'0191f4c8-7000-' || CAST(10000000 + i AS TEXT) AS id FROM n) `
	manyUsers = `INSERT INTO user_rows (account_id, place, other_id, email_key, shared_device, data)
		SELECT account, CAST(CAST(i AS TEXT) AS BYTEA), '', CAST(mixed AS TEXT) || '@example.com', FALSE, '{"n":"Somebody","p":"1234567890","r":0}' FROM v`
	manyFormerUsers = `INSERT INTO former_users (account_id, email_key, user_id) SELECT account, CAST(mixed AS TEXT), id FROM v`
	manyRooms       = `INSERT INTO rooms (account_id, room_id, aws_account_id, name, created_by, created_ms, updated_ms)
		SELECT account, id, '111122223333', 'Room', 'arn', i, i FROM v`
	manyMemberships = `INSERT INTO room_memberships (account_id, room_id, member_id, member_type, member_role, invited_by, created_ms, updated_ms)
		SELECT account, id, id, 'User', 'Member', 'arn', i, i FROM v`
	manyRoomTokens = `INSERT INTO room_tokens (account_id, token, room_id, name) SELECT account, CAST(mixed AS TEXT), id, 'Room' FROM v`
	manyMessages   = `INSERT INTO messages (account_id, container_type, container_id, message_id, sender, content, redacted, created_ms)
		SELECT account, 'Room', 'room ' || CAST(mixed % 1000 AS TEXT), id, 'somebody', 'Well, what do you think of that?', FALSE, i FROM v`
	manyInOneRoom = `INSERT INTO messages (account_id, container_type, container_id, message_id, sender, content, redacted, created_ms)
		SELECT account, 'Room', 'one', id, 'somebody', 'Well, what do you think of that?', FALSE, i FROM v`
	manyWebhooks = `INSERT INTO webhooks (webhook_id, aws_account_id, account_id, room_id, bot_id, name, created_by, created_ms, expires_ms, posted_ms)
		SELECT CAST(mixed AS TEXT), '111122223333', account, 'room ' || CAST(mixed % 1000 AS TEXT), 'bot', 'Somebody', 'arn', i,
			CASE WHEN i % 2 = 0 THEN i ELSE 0 END, 0 FROM v`
	manyInvitations = `INSERT INTO invitations (invite_id, account_id, aws_account_id, user_id, email, invited_by, languages, status, email_status,
			serial, attempts, last_error, created_ms, invited_ms, expires_ms)
		SELECT CAST(mixed AS TEXT), account, '111122223333', id, CAST(mixed AS TEXT) || '@example.com', 'arn', '', 'Pending', 'Sent', 1, 0, '', i, i, i FROM v`
	manyActivities = `INSERT INTO user_activity (account_id, user_id, week_ms, active_ms, messages) SELECT account, id, i % 5, i, 1 FROM v`
	manyBots       = `INSERT INTO bots (account_id, bot_id, aws_account_id, display_name, email, email_key, disabled, token_serial, https_endpoint, lambda_arn,
			created_ms, updated_ms)
		SELECT account, id, '111122223333', 'Bot', '', CAST(mixed AS TEXT), FALSE, 1, '', '', i, i FROM v`
	manyDeleted = `INSERT INTO deleted_accounts (account_id, aws_account_id, name, account_type, created_ms, deleted_ms)
		SELECT 'gone ' || CAST(mixed AS TEXT), '111122223333', 'Somebody', 'Team', i, i FROM v`
	manyScimTokens = `INSERT INTO scim_tokens (token_id, aws_account_id, account_id, name, hash, created_ms, expires_ms, used_ms)
		SELECT id, '111122223333', account, 'Okta', '', i, 0, 0 FROM v`
	manyScimUsers = `INSERT INTO scim_users (account_id, user_id, aws_account_id, external_id, attributes, changed_ms, left_email, left_key, left_name,
			left_license, left_type, left_created_ms)
		SELECT account, id, '111122223333', CAST(mixed AS TEXT), '{}', i, '', '', '', '', '', 0 FROM v`
	manyScimEmails = `INSERT INTO scim_emails (account_id, email_key, user_id) SELECT account, CAST(mixed AS TEXT), id FROM v`
	manyScimGroups = `INSERT INTO scim_groups (account_id, group_id, aws_account_id, name, name_key, external_id, license, created_ms, changed_ms)
		SELECT account, id, '111122223333', 'Group', CAST(mixed AS TEXT), '', '', i, i FROM v`
	manyScimMembers  = `INSERT INTO scim_members (account_id, group_id, user_id) SELECT account, id, id FROM v`
	manyScimRequests = `INSERT INTO scim_requests (account_id, request_id, at_us, method, path, status, scim_type, detail, duration_ms, token_id)
		SELECT account, id, i, 'GET', '/Users', 200, '', '', 1, '' FROM v`
	manyConsoleFiles = `INSERT INTO console_files (file_id, part, aws_account_id, account_id, content, expires_ms)
		SELECT id, 0, '111122223333', account, '', i FROM v`
	manyJobs = `INSERT INTO jobs (job_id, kind, payload, state, due_ms, leased_ms, owner, attempts, last_error, created_ms)
		SELECT CAST(mixed AS TEXT), 'kind', '{}', CASE WHEN i % 2 = 0 THEN 'Failed' ELSE 'Pending' END, i, 0, '', 1, '', i FROM v`
)

// wide makes a key of a number that is as wide as those of the table are with all that
// belongs to them: PostgreSQL had better read all of a narrow table. SQLite makes a
// number of it.
var (
	wide            = `CAST(CAST(i AS TEXT) || '` + strings.Repeat("0", 120) + `' AS BYTEA)`
	manyUserChanges = `INSERT INTO user_changes (account_id, place, added) SELECT account, ` + wide + `, 1 FROM v`
	manyUserBlocks  = `INSERT INTO user_blocks (account_id, place, users, meta, texts) SELECT account, ` + wide + `, 0, ` + wide + `, '' FROM v`
)

package store_test

import (
	"strings"
	"testing"

	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// broken are statements that break a rule each, and what is then said.
var broken = []struct{ statement, want string }{
	{`INSERT INTO account_counts (aws_account_id, accounts) VALUES ('111122223333', 3)`, "the number of accounts"},
	{`INSERT INTO accounts (account_id, aws_account_id, name, name_key, account_type, account_status, default_license, directory_id, delegate_groups,
		disable_remote_control, enable_dial_out, created_ms) VALUES ('a', '111122223333', '', '', '', '', '', '', '', FALSE, FALSE, 1)`, "no number of accounts"},
	{`INSERT INTO accounts (account_id, aws_account_id, name, name_key, account_type, account_status, default_license, directory_id, delegate_groups,
		disable_remote_control, enable_dial_out, created_ms) VALUES ('a', 'deleted', '', '', '', '', '', '', '', FALSE, FALSE, 1)`, "without its tombstone"},
	{`INSERT INTO domains (aws_account_id, domain_name, account_id, created_ms) VALUES ('111122223333', 'example.com', 'gone', 1)`, "a domain without"},
	{`INSERT INTO room_tokens (account_id, token, room_id, name) VALUES ('a', 't', 'gone', '')`, "request token"},
	{`INSERT INTO access_keys (access_key_id, aws_account_id, sealed_secret, active, created_ms, user_id) VALUES ('AKIA', '111122223333', '', TRUE, 1, 'gone')`, "an access key"},
	{`INSERT INTO iam_user_policies (user_id, policy_name, document) VALUES ('gone', 'p', '')`, "an inline policy"},
	{`INSERT INTO iam_attachments (user_id, policy_arn, aws_account_id) VALUES ('gone', 'arn', '111122223333')`, "an attached policy"},
	{`INSERT INTO iam_policy_versions (policy_id, version, document, created_ms) VALUES ('gone', 1, '', 1)`, "a version of a policy"},
	{`INSERT INTO phone_numbers (e164, aws_account_id, country, number_type, product_type, status, calling_name, calling_name_status, account_id, user_id,
		order_id, associated_ms, created_ms, updated_ms, deletion_ms) VALUES ('+1', '1', '', '', '', '', '', '', 'a', 'gone', '', 0, 0, 0, 0)`, "a phone number"},
}

func TestVerify_sqlite(t *testing.T) { verifyRules(t, openSQLite) }

func TestVerify_postgres(t *testing.T) { verifyRules(t, openPostgres) }

func verifyRules(t *testing.T, open func(*testing.T) engine.Engine) {
	e := open(t)
	verify := func() store.Verification {
		t.Helper()
		v, err := store.New(e).Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := verify(); len(v.Problems) > 0 {
		t.Fatalf("a new database has problems: %q", v.Problems)
	}
	for _, b := range broken {
		table := strings.Fields(b.statement)[2]
		mustChange(t, e, b.statement)
		if text := strings.Join(verify().Problems, "\n"); !strings.Contains(text, b.want) {
			t.Errorf("%s: %q does not say %q", table, text, b.want)
		}
		mustChange(t, e, `DELETE FROM `+table)
	}
	if v := verify(); len(v.Problems) > 0 {
		t.Errorf("problems are left: %q", v.Problems)
	}
}

func mustChange(t *testing.T, e engine.Engine, statement string) {
	t.Helper()
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestVerify_tables counts the rows that the catalogue knows of, on both engines alike.
func TestVerify_tables(t *testing.T) {
	for _, e := range []engine.Engine{storetest.SQLite(t), storetest.Postgres(t)} {
		rows, err := store.New(e).Tables(t.Context())
		if _, ok := rows["users"]; err != nil || !ok || rows["schema_version"] == 0 {
			t.Errorf("%v, %v", rows, err)
		}
	}
}

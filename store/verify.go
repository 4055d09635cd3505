package store

import (
	"context"
	"errors"
	"fmt"

	"carillon/store/engine"
)

// A rule that holds in every state that a transaction leaves. The query finds the
// rows that break it, and returns what names each.
type invariant struct{ text, query string }

// invariants are what neither types nor foreign keys of the schema promise, and
// what the keys do promise but a damaged index may not keep.
var invariants = []invariant{
	{"an e-mail address is there more than once in account", `SELECT account_id FROM users GROUP BY email_key, account_id HAVING COUNT(*) > 1`},
	{"a bot's address is there more than once in account", `SELECT account_id FROM bots GROUP BY account_id, email_key HAVING COUNT(*) > 1`},
	{"a user without an account", `SELECT u.user_id FROM users u WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = u.account_id)`},
	{"a user in another AWS account than the Chime account", `SELECT u.user_id FROM users u JOIN accounts a ON a.account_id = u.account_id
		WHERE a.aws_account_id <> u.aws_account_id AND a.aws_account_id <> '` + noOwner + `'`},
	{"a room without an account", `SELECT m.room_id FROM rooms m WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = m.account_id)`},
	{"a membership without its room", `SELECT m.room_id FROM room_memberships m
		WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.account_id = m.account_id AND r.room_id = m.room_id)`},
	{"a room's request token without the room", `SELECT t.room_id FROM room_tokens t
		WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.account_id = t.account_id AND r.room_id = t.room_id)`},
	{"a bot without an account", `SELECT b.bot_id FROM bots b WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = b.account_id)`},
	{"the number of accounts is not the one kept for AWS account", `SELECT c.aws_account_id FROM account_counts c
		WHERE c.accounts <> (SELECT COUNT(*) FROM accounts a WHERE a.aws_account_id = c.aws_account_id)`},
	{"no number of accounts is kept for AWS account", `SELECT a.aws_account_id FROM accounts a WHERE a.aws_account_id <> '` + noOwner + `'
		AND NOT EXISTS (SELECT 1 FROM account_counts c WHERE c.aws_account_id = a.aws_account_id) GROUP BY a.aws_account_id`},
	{"an account that is being erased without its tombstone", `SELECT a.account_id FROM accounts a WHERE a.aws_account_id = '` + noOwner + `'
		AND NOT EXISTS (SELECT 1 FROM deleted_accounts d WHERE d.account_id = a.account_id)`},
	{"a domain without an account", `SELECT d.account_id FROM domains d WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = d.account_id)`},
	{"a phone number of a user who is not there", `SELECT n.user_id FROM phone_numbers n WHERE n.user_id <> ''
		AND NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = n.user_id AND u.account_id = n.account_id)`},
	{"a user with a phone number that is another's", `SELECT u.user_id FROM users u WHERE u.phone_number <> ''
		AND NOT EXISTS (SELECT 1 FROM phone_numbers n WHERE n.e164 = u.phone_number AND n.user_id = u.user_id AND n.account_id = u.account_id)`},
	{"an access key of a user who is not there", `SELECT k.user_id FROM access_keys k WHERE NOT EXISTS (SELECT 1 FROM iam_users u WHERE u.user_id = k.user_id)`},
	{"an inline policy of a user who is not there", `SELECT p.user_id FROM iam_user_policies p WHERE NOT EXISTS (SELECT 1 FROM iam_users u WHERE u.user_id = p.user_id)`},
	{"an attached policy of a user who is not there", `SELECT p.user_id FROM iam_attachments p WHERE NOT EXISTS (SELECT 1 FROM iam_users u WHERE u.user_id = p.user_id)`},
	{"a policy without its default version", `SELECT p.policy_id FROM iam_policies p
		WHERE NOT EXISTS (SELECT 1 FROM iam_policy_versions v WHERE v.policy_id = p.policy_id AND v.version = p.default_version)`},
	{"a version of a policy that is not there", `SELECT v.policy_id FROM iam_policy_versions v WHERE NOT EXISTS (SELECT 1 FROM iam_policies p WHERE p.policy_id = v.policy_id)`},
}

// maxBroken is how many rows that break a rule are named.
const maxBroken = 10

// Verification is what [Store.Verify] has found.
type Verification struct {
	// Problems are what is wrong, Notes what could not be looked at, both in words
	// for the operator.
	Problems, Notes []string
}

// Verify checks the database beneath the rows, as far as the engine can, and then
// that rows keep the rules of this program's schema. A database of an older schema
// is checked beneath the rows only. It reads everything, and changes nothing.
func (s *Store) Verify(ctx context.Context) (v Verification, err error) {
	if c, ok := s.engine.(engine.Checker); ok {
		if v.Problems, v.Notes, err = c.Check(ctx); err != nil {
			return v, err
		}
	}
	version, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return v.unreadable(err)
	case version != s.version():
		v.Notes = append(v.Notes, fmt.Sprintf("the schema has version %d, this program knows the rules of version %d: they were not checked", version, s.version()))
		return v, nil
	}
	for _, rule := range invariants {
		if err := s.verifyRule(ctx, &v, rule); err != nil {
			return v.unreadable(err)
		}
	}
	if err := s.verifyEmailKeys(ctx, &v); err != nil {
		return v.unreadable(err)
	}
	return v, nil
}

// unreadable is what comes of an error in a database that is known to be damaged:
// one more problem.
func (v Verification) unreadable(err error) (Verification, error) {
	if len(v.Problems) == 0 || errors.Is(err, context.Canceled) {
		return v, err
	}
	v.Problems = append(v.Problems, "reading: "+err.Error())
	return v, nil
}

func (s *Store) verifyRule(ctx context.Context, v *Verification, rule invariant) error {
	return s.engine.View(ctx, func(tx engine.Tx) error {
		found := 0
		return tx.Query(fmt.Sprintf("%s LIMIT %d", rule.query, maxBroken), nil, func(row engine.Row) error {
			var name string
			err := row.Scan(&name)
			if found++; err == nil {
				v.Problems = append(v.Problems, fmt.Sprintf("rule: %s %s", rule.text, name))
			}
			return err
		})
	})
}

// verifyEmailKeys checks that users are found by their addresses.
func (s *Store) verifyEmailKeys(ctx context.Context, v *Verification) error {
	return s.engine.View(ctx, func(tx engine.Tx) error {
		found := 0
		return tx.Query(`SELECT user_id, email, email_key FROM users`, nil, func(row engine.Row) error {
			var user, email, key string
			err := row.Scan(&user, &email, &key)
			if err == nil && EmailKey(email) != key && found < maxBroken {
				found++
				v.Problems = append(v.Problems, "rule: the address and its key differ of user "+user)
			}
			return err
		})
	})
}

// SchemaVersion returns the version of the schema of the database; 0: it has none.
func (s *Store) SchemaVersion(ctx context.Context) (version int64, err error) {
	err = s.engine.View(ctx, func(tx engine.Tx) error {
		have, err := s.schema(tx)
		version = have.version
		return err
	})
	return version, err
}

// Serves returns nil if this program can serve with the schema of the database,
// or bring it up to date; else [ErrNewerSchema].
func (s *Store) Serves(ctx context.Context) error {
	return s.engine.View(ctx, func(tx engine.Tx) error {
		have, err := s.schema(tx)
		if err != nil || have.version <= s.version() {
			return err
		}
		return s.serves(have)
	})
}

// ErrNoBackup says that the database has backups of its own.
var ErrNoBackup = errors.New("store: the database is not embedded, and has backups of its own")

// Backup writes all that is committed into a new file at path, which is then a
// database of its own; see [engine.Backuper].
func (s *Store) Backup(ctx context.Context, path string) error {
	if b, ok := s.engine.(engine.Backuper); ok {
		return b.Backup(ctx, path)
	}
	return ErrNoBackup
}

// CanBackup reports whether Backup can be called.
func (s *Store) CanBackup() bool {
	_, ok := s.engine.(engine.Backuper)
	return ok
}

// Tables counts the rows of all tables, by the database's own catalogue.
func (s *Store) Tables(ctx context.Context) (map[string]int64, error) {
	if c, ok := s.engine.(engine.Checker); ok {
		return c.Tables(ctx)
	}
	return nil, ErrNoBackup
}

// DamagedPages returns how many pages of the database are known not to be what was
// written, as far as the engine looks.
func (s *Store) DamagedPages() int64 {
	if w, ok := s.engine.(engine.Watcher); ok {
		return w.DamagedPages()
	}
	return 0
}

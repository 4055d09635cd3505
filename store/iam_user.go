package store

import "carillon/store/engine"

// IamUser is a named principal of an AWS account. Names are unique without
// regard to case.
type IamUser struct {
	AwsAccountID string
	UserID       string
	UserName     string
	Path         string
	CreatedMs    int64
}

// ARN names the user.
func (u *IamUser) ARN() string { return UserARN(u.AwsAccountID, u.Path, u.UserName) }

// UserARN returns the ARN of an IAM user.
func UserARN(awsAccountID, path, name string) string {
	return "arn:aws:iam::" + awsAccountID + ":user" + path + name
}

const iamUserColumns = `aws_account_id, user_id, user_name, path, created_ms`

func (u *IamUser) scan(row engine.Row) error {
	return row.Scan(&u.AwsAccountID, &u.UserID, &u.UserName, &u.Path, &u.CreatedMs)
}

// IamUser returns the user of a name, or ErrNotFound.
func (r Records) IamUser(awsAccountID, name string) (u IamUser, err error) {
	err = r.one(noIamUser, `SELECT `+iamUserColumns+` FROM iam_users WHERE aws_account_id = $1 AND name_key = $2`, []any{awsAccountID, Fold(name)}, u.scan)
	return u, err
}

// IamUsers returns up to limit users whose path begins with prefix, by name,
// after the one of a name; empty: from the first on.
func (r Records) IamUsers(awsAccountID, prefix, after string, limit int) ([]IamUser, error) {
	var q query
	q.add(`SELECT `+iamUserColumns+` FROM iam_users WHERE aws_account_id = ? AND name_key > ?`, awsAccountID, Fold(after))
	q.addPrefix("path", prefix)
	q.add(` ORDER BY name_key LIMIT CAST(? AS BIGINT)`, limit)
	return collect[IamUser](r, q.String(), q.args)
}

// CountIamUsers returns how many users an AWS account has.
func (r Records) CountIamUsers(awsAccountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM iam_users WHERE aws_account_id = $1`, awsAccountID)
}

// InsertIamUser adds a user; ErrExists: the name is taken.
func (r Records) InsertIamUser(u *IamUser) error {
	return r.insert(`INSERT INTO iam_users (aws_account_id, name_key, user_id, user_name, path, created_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		u.AwsAccountID, Fold(u.UserName), u.UserID, u.UserName, u.Path, u.CreatedMs)
}

// UpdateIamUser gives a user the name and path in u. That the name is free the
// caller knows.
func (r Records) UpdateIamUser(u *IamUser) error {
	return r.changed(noIamUser, `UPDATE iam_users SET name_key = $1, user_name = $2, path = $3 WHERE user_id = $4`, Fold(u.UserName), u.UserName, u.Path, u.UserID)
}

// DeleteIamUser removes a user, or returns ErrNotFound. What it has is gone
// before.
func (r Records) DeleteIamUser(userID string) error {
	return r.changed(noIamUser, `DELETE FROM iam_users WHERE user_id = $1`, userID)
}

// addUsers selects users u by what is not empty.
func (q *query) addUsers(awsAccountID, name string) {
	if awsAccountID != "" {
		q.add(` AND u.aws_account_id = ?`, awsAccountID)
	}
	if name != "" {
		q.add(` AND u.name_key = ?`, Fold(name))
	}
}

// ChangeIam is called before users, keys or policies of an AWS account change:
// it keeps others from changing them until the transaction ends, and tells
// those who remember something of them.
func (r Records) ChangeIam(awsAccountID string) error {
	_, err := r.tx.Exec(`INSERT INTO iam_changes (aws_account_id, changes) VALUES ($1, 1)
		ON CONFLICT (aws_account_id) DO UPDATE SET changes = iam_changes.changes + 1`, awsAccountID)
	if err != nil {
		return err
	}
	if n, ok := r.tx.(engine.Notifier); ok {
		return n.Notify(iamChannel, awsAccountID)
	}
	return nil
}

// iamChannel is where replicas tell each other whose users, keys or policies
// have changed.
const iamChannel = "carillon_iam"

// CountIamChanges returns how often anything of that has changed.
func (r Records) CountIamChanges() (int64, error) {
	return r.count(`SELECT CAST(COALESCE(SUM(changes), 0) AS BIGINT) FROM iam_changes`)
}

// IamChanges returns how often users, keys and policies have changed, by AWS
// account.
func (r Records) IamChanges() (map[string]int64, error) {
	changes := map[string]int64{}
	err := r.tx.Query(`SELECT aws_account_id, changes FROM iam_changes`, nil, func(row engine.Row) error {
		var account string
		var n int64
		err := row.Scan(&account, &n)
		changes[account] = n
		return err
	})
	return changes, err
}

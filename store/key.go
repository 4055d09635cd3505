package store

import "carillon/store/engine"

// AccessKey is an access key of an IAM user, whose name and path come with it.
// The secret is sealed by package access; the store cannot read it.
type AccessKey struct {
	AccessKeyID  string
	AwsAccountID string
	UserID       string
	SealedSecret []byte
	Active       bool
	CreatedMs    int64
	// UserName and UserPath are those of the user now.
	UserName, UserPath string
	// The last use that is known; UsedMs 0: none.
	UsedMs                  int64
	UsedService, UsedRegion string
}

const (
	accessKeyColumns = `k.access_key_id, k.aws_account_id, k.user_id, k.sealed_secret, k.active, k.created_ms, u.user_name, u.path,
		COALESCE(l.used_ms, 0), COALESCE(l.service, ''), COALESCE(l.region, '')`
	fromAccessKeys = ` FROM access_keys k JOIN iam_users u ON u.user_id = k.user_id LEFT JOIN access_key_uses l ON l.access_key_id = k.access_key_id`
)

func (k *AccessKey) scan(row engine.Row) error {
	return row.Scan(&k.AccessKeyID, &k.AwsAccountID, &k.UserID, &k.SealedSecret, &k.Active, &k.CreatedMs, &k.UserName, &k.UserPath,
		&k.UsedMs, &k.UsedService, &k.UsedRegion)
}

// AccessKey returns a key, or ErrNotFound.
func (r Records) AccessKey(id string) (k AccessKey, err error) {
	err = r.one(noAccessKey, `SELECT `+accessKeyColumns+fromAccessKeys+` WHERE k.access_key_id = $1`, []any{id}, k.scan)
	return k, err
}

// InsertAccessKey adds a key of a user.
func (r Records) InsertAccessKey(k *AccessKey) error {
	return r.insert(`INSERT INTO access_keys (access_key_id, aws_account_id, user_id, sealed_secret, active, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		k.AccessKeyID, k.AwsAccountID, k.UserID, k.SealedSecret, k.Active, k.CreatedMs)
}

// SetAccessKeyActive enables or disables a key, or returns ErrNotFound.
func (r Records) SetAccessKeyActive(id string, active bool) error {
	return r.changed(noAccessKey, `UPDATE access_keys SET active = $1 WHERE access_key_id = $2`, active, id)
}

// DeleteAccessKey removes a key, or returns ErrNotFound.
func (r Records) DeleteAccessKey(id string) error {
	if _, err := r.tx.Exec(`DELETE FROM access_key_uses WHERE access_key_id = $1`, id); err != nil {
		return err
	}
	return r.changed(noAccessKey, `DELETE FROM access_keys WHERE access_key_id = $1`, id)
}

// AccessKeys returns all keys, oldest first; awsAccountID and userName, if not
// empty, select.
func (r Records) AccessKeys(awsAccountID, userName string) ([]AccessKey, error) {
	var q query
	q.add(`SELECT ` + accessKeyColumns + fromAccessKeys + ` WHERE 1 = 1`)
	q.addUsers(awsAccountID, userName)
	q.add(` ORDER BY k.created_ms, k.access_key_id`)
	return collect[AccessKey](r, q.String(), q.args)
}

// AccessKeysOf returns the keys of a user, oldest first.
func (r Records) AccessKeysOf(userID string) ([]AccessKey, error) {
	return collect[AccessKey](r, `SELECT `+accessKeyColumns+fromAccessKeys+` WHERE k.user_id = $1 ORDER BY k.created_ms, k.access_key_id`, []any{userID})
}

// KeyUse is the last use of an access key.
type KeyUse struct {
	AccessKeyID     string
	UsedMs          int64
	Service, Region string
}

// PutKeyUse keeps a use of a key, unless a later one is known.
func (r Records) PutKeyUse(u *KeyUse) error {
	_, err := r.tx.Exec(`INSERT INTO access_key_uses (access_key_id, used_ms, service, region) VALUES ($1, $2, $3, $4)
		ON CONFLICT (access_key_id) DO UPDATE SET used_ms = excluded.used_ms, service = excluded.service, region = excluded.region
		WHERE access_key_uses.used_ms < excluded.used_ms`, u.AccessKeyID, u.UsedMs, u.Service, u.Region)
	return err
}

package store

import "carillon/store/engine"

// AccessKey is a named user's access key. The secret is sealed by package
// access; the store cannot read it.
type AccessKey struct {
	AccessKeyID  string
	AwsAccountID string
	UserName     string
	SealedSecret []byte
	Active       bool
	CreatedMs    int64
}

const accessKeyColumns = `access_key_id, aws_account_id, user_name, sealed_secret, active, created_ms`

func (k *AccessKey) scan(row engine.Row) error {
	return row.Scan(&k.AccessKeyID, &k.AwsAccountID, &k.UserName, &k.SealedSecret, &k.Active, &k.CreatedMs)
}

// AccessKey returns a key, or ErrNotFound.
func (r Records) AccessKey(id string) (k AccessKey, err error) {
	err = r.one(noAccessKey, `SELECT `+accessKeyColumns+` FROM access_keys WHERE access_key_id = $1`, []any{id}, k.scan)
	return k, err
}

// InsertAccessKey adds a key.
func (r Records) InsertAccessKey(k *AccessKey) error {
	return r.insert(`INSERT INTO access_keys (`+accessKeyColumns+`) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		k.AccessKeyID, k.AwsAccountID, k.UserName, k.SealedSecret, k.Active, k.CreatedMs)
}

// SetAccessKeyActive enables or disables a key, or returns ErrNotFound.
func (r Records) SetAccessKeyActive(id string, active bool) error {
	return r.changed(noAccessKey, `UPDATE access_keys SET active = $1 WHERE access_key_id = $2`, active, id)
}

// DeleteAccessKey removes a key, or returns ErrNotFound.
func (r Records) DeleteAccessKey(id string) error {
	return r.changed(noAccessKey, `DELETE FROM access_keys WHERE access_key_id = $1`, id)
}

// AccessKeys returns all keys, oldest first; awsAccountID and userName, if not
// empty, select.
func (r Records) AccessKeys(awsAccountID, userName string) ([]AccessKey, error) {
	var q query
	q.add(`SELECT ` + accessKeyColumns + ` FROM access_keys WHERE 1 = 1`)
	if awsAccountID != "" {
		q.add(` AND aws_account_id = ?`, awsAccountID)
	}
	if userName != "" {
		q.add(` AND user_name = ?`, userName)
	}
	q.add(` ORDER BY created_ms, access_key_id`)
	return collect[AccessKey](r, q.String(), q.args)
}

// ServerSecret returns the secret of that name, which all replicas share. If
// there is none yet, it keeps and returns value.
func (r Records) ServerSecret(name string, value []byte) (kept []byte, err error) {
	_, err = r.tx.Exec(`INSERT INTO server_secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value)
	if err != nil {
		return nil, err
	}
	err = r.one(noRecord, `SELECT value FROM server_secrets WHERE name = $1`, []any{name}, func(row engine.Row) error { return row.Scan(&kept) })
	return kept, err
}

// PutServerSecret keeps value as the secret of that name, whatever was there.
func (r Records) PutServerSecret(name string, value []byte) error {
	_, err := r.tx.Exec(`INSERT INTO server_secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// ServerSecrets returns all secrets by name, as of one moment.
func (r Records) ServerSecrets() (map[string][]byte, error) {
	secrets := map[string][]byte{}
	err := r.tx.Query(`SELECT name, value FROM server_secrets`, nil, func(row engine.Row) error {
		var name string
		var value []byte
		err := row.Scan(&name, &value)
		secrets[name] = value
		return err
	})
	return secrets, err
}

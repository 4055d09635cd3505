package store

import "carillon/store/engine"

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

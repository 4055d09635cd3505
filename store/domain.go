package store

import "carillon/store/engine"

// Domain is an e-mail domain that a Chime account has claimed.
type Domain struct {
	AwsAccountID string
	Name         string // in lower case
	AccountID    string
	CreatedMs    int64
}

// InsertDomain adds a domain; ErrExists says that the AWS account has claimed
// it already.
func (r Records) InsertDomain(d *Domain) error {
	return r.insert(`INSERT INTO domains (aws_account_id, domain_name, account_id, created_ms)
		VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, d.AwsAccountID, Fold(d.Name), d.AccountID, d.CreatedMs)
}

// DeleteDomain releases a domain, or returns ErrNotFound.
func (r Records) DeleteDomain(accountID, name string) error {
	return r.changed(noDomain, `DELETE FROM domains WHERE account_id = $1 AND domain_name = $2`, accountID, Fold(name))
}

// Domains returns the domains of an account in the order of their claims.
func (r Records) Domains(accountID string) (list []Domain, err error) {
	err = r.tx.Query(`SELECT aws_account_id, domain_name, account_id, created_ms FROM domains
		WHERE account_id = $1 ORDER BY created_ms, domain_name`, []any{accountID}, func(row engine.Row) error {
		var d Domain
		err := row.Scan(&d.AwsAccountID, &d.Name, &d.AccountID, &d.CreatedMs)
		list = append(list, d)
		return err
	})
	return list, err
}

package store

import (
	"strings"

	"carillon/store/engine"
)

// OfferedNumber is a number of the operator's inventory that can be ordered.
type OfferedNumber struct {
	E164         string
	Country      string
	Type         string
	AreaCode     string // of numbers with country code 1
	City         string
	State        string
	ProductTypes []string
	CreatedMs    int64
}

const offerColumns = `e164, country, number_type, area_code, city, state, product_types, created_ms`

func (o *OfferedNumber) scan(row engine.Row) error {
	var products string
	err := row.Scan(&o.E164, &o.Country, &o.Type, &o.AreaCode, &o.City, &o.State, &products, &o.CreatedMs)
	o.ProductTypes = strings.Fields(products)
	return err
}

// PutOfferedNumber adds a number to the inventory or replaces what it says of it.
func (r Records) PutOfferedNumber(o *OfferedNumber) error {
	_, err := r.tx.Exec(`INSERT INTO offered_numbers (`+offerColumns+`, city_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (e164) DO UPDATE SET country = excluded.country, number_type = excluded.number_type, area_code = excluded.area_code,
			city = excluded.city, state = excluded.state, product_types = excluded.product_types, city_key = excluded.city_key`,
		o.E164, o.Country, o.Type, o.AreaCode, o.City, o.State, strings.Join(o.ProductTypes, " "), o.CreatedMs, Fold(o.City))
	return err
}

// OfferedNumber returns a number of the inventory, or ErrNotFound.
func (r Records) OfferedNumber(e164 string) (o OfferedNumber, err error) {
	err = r.one(NoNumber, `SELECT `+offerColumns+` FROM offered_numbers WHERE e164 = $1`, []any{e164}, o.scan)
	return o, err
}

// HasOffers reports whether the operator filled the inventory.
func (r Records) HasOffers() (found bool, err error) {
	err = r.tx.Query(`SELECT e164 FROM offered_numbers LIMIT 1`, nil, func(engine.Row) error {
		found = true
		return nil
	})
	return found, err
}

// OfferFilter selects numbers of the inventory by number; empty values select all.
type OfferFilter struct {
	Country  string
	Type     string
	AreaCode string
	City     string // without regard to case
	State    string
	Prefix   string // of the number, with the plus
	// Free leaves out the numbers that somebody owns.
	Free  bool
	After Position // the number alone
	Limit int
}

// OfferedNumbers returns a page of the inventory.
func (r Records) OfferedNumbers(f OfferFilter) ([]OfferedNumber, error) {
	var q query
	q.add(`SELECT `+offerColumns+` FROM offered_numbers WHERE e164 > ?`, f.After.ID)
	for _, c := range [][2]string{
		{"country", f.Country}, {"number_type", f.Type}, {"area_code", f.AreaCode}, {"city_key", Fold(f.City)}, {"state", f.State},
	} {
		if c[1] != "" {
			q.add(` AND `+c[0]+` = ?`, c[1])
		}
	}
	if f.Prefix != "" {
		q.add(` AND substr(e164, 1, ?) = ?`, len(f.Prefix), f.Prefix)
	}
	if f.Free {
		q.add(` AND NOT EXISTS (SELECT 1 FROM phone_numbers p WHERE p.e164 = offered_numbers.e164)`)
	}
	q.add(` ORDER BY e164 LIMIT CAST(? AS BIGINT)`, f.Limit)
	return collect[OfferedNumber](r, q.String(), q.args)
}

package store

import (
	"encoding/json"
	"fmt"

	"carillon/store/engine"
)

// PhoneNumber is a number that an AWS account owns or is ordering.
type PhoneNumber struct {
	E164              string // with the plus
	AwsAccountID      string
	Country           string
	Type              string
	ProductType       string
	Status            string
	CallingName       string
	CallingNameStatus string
	AccountID         string // with UserID: who it is assigned to
	UserID            string
	OrderID           string
	AssociatedMs      int64
	CreatedMs         int64
	UpdatedMs         int64
	DeletionMs        int64 // when it entered the deletion queue
}

const phoneNumberColumns = `e164, aws_account_id, country, number_type, product_type, status, calling_name, calling_name_status,
	account_id, user_id, order_id, associated_ms, created_ms, updated_ms, deletion_ms`

func (n *PhoneNumber) scan(row engine.Row) error {
	return row.Scan(&n.E164, &n.AwsAccountID, &n.Country, &n.Type, &n.ProductType, &n.Status, &n.CallingName, &n.CallingNameStatus,
		&n.AccountID, &n.UserID, &n.OrderID, &n.AssociatedMs, &n.CreatedMs, &n.UpdatedMs, &n.DeletionMs)
}

// PhoneNumber returns a number of an AWS account, or ErrNotFound.
func (r Records) PhoneNumber(awsAccountID, e164 string) (n PhoneNumber, err error) {
	err = r.one(NoNumber, `SELECT `+phoneNumberColumns+` FROM phone_numbers WHERE e164 = $1 AND aws_account_id = $2`, []any{e164, awsAccountID}, n.scan)
	return n, err
}

// LockPhoneNumber is PhoneNumber and keeps others from changing it.
func (r Records) LockPhoneNumber(awsAccountID, e164 string) (n PhoneNumber, err error) {
	err = r.one(NoNumber, `SELECT `+phoneNumberColumns+` FROM phone_numbers WHERE e164 = $1 AND aws_account_id = $2 FOR UPDATE`, []any{e164, awsAccountID}, n.scan)
	return n, err
}

// InsertPhoneNumber adds a number; ErrExists says that somebody owns it.
func (r Records) InsertPhoneNumber(n *PhoneNumber) error {
	return r.insert(`INSERT INTO phone_numbers (`+phoneNumberColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		n.E164, n.AwsAccountID, n.Country, n.Type, n.ProductType, n.Status, n.CallingName, n.CallingNameStatus,
		n.AccountID, n.UserID, n.OrderID, n.AssociatedMs, n.CreatedMs, n.UpdatedMs, n.DeletionMs)
}

// UpdatePhoneNumber writes what can change of a number.
func (r Records) UpdatePhoneNumber(n *PhoneNumber) error {
	return r.changed(NoNumber, `UPDATE phone_numbers SET product_type = $1, status = $2, calling_name = $3, calling_name_status = $4,
			account_id = $5, user_id = $6, associated_ms = $7, updated_ms = $8, deletion_ms = $9
		WHERE e164 = $10`,
		n.ProductType, n.Status, n.CallingName, n.CallingNameStatus, n.AccountID, n.UserID, n.AssociatedMs, n.UpdatedMs, n.DeletionMs, n.E164)
}

// ReleaseUserNumbers takes the numbers of a user away; an empty userID stands
// for all users of the account.
func (r Records) ReleaseUserNumbers(accountID, userID, status string, nowMs int64) error {
	var q query
	q.add(`UPDATE phone_numbers SET status = ?, account_id = ?, user_id = ?, associated_ms = ?, updated_ms = ?`, status, "", "", 0, nowMs)
	q.add(` WHERE account_id = ?`, accountID)
	if userID != "" {
		q.add(` AND user_id = ?`, userID)
	}
	_, err := r.tx.Exec(q.String(), q.args...)
	return err
}

// CountPhoneNumbers counts the numbers of an AWS account.
func (r Records) CountPhoneNumbers(awsAccountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM phone_numbers WHERE aws_account_id = $1`, awsAccountID)
}

// OwnedBetween returns the numbers in a range that any AWS account owns.
func (r Records) OwnedBetween(first, last string) (map[string]bool, error) {
	owned := map[string]bool{}
	err := r.tx.Query(`SELECT e164 FROM phone_numbers WHERE e164 >= $1 AND e164 <= $2`, []any{first, last}, func(row engine.Row) error {
		var e164 string
		err := row.Scan(&e164)
		owned[e164] = true
		return err
	})
	return owned, err
}

// PhoneNumberFilter selects numbers of one AWS account, in the order of their
// creation; empty values select all.
type PhoneNumberFilter struct {
	AwsAccountID string
	Status       string
	ProductType  string
	AccountID    string // assigned in this Chime account
	UserID       string // assigned to this user
	After        Position
	Limit        int
}

var numbersByAge = ascending(`created_ms`, `e164`)

// PhoneNumbers returns a page of numbers.
func (r Records) PhoneNumbers(f PhoneNumberFilter) ([]PhoneNumber, error) {
	var q query
	q.add(`SELECT `+phoneNumberColumns+` FROM phone_numbers WHERE aws_account_id = ?`, f.AwsAccountID)
	for _, c := range [][2]string{{"status", f.Status}, {"product_type", f.ProductType}, {"account_id", f.AccountID}, {"user_id", f.UserID}} {
		if c[1] != "" {
			q.add(` AND `+c[0]+` = ?`, c[1])
		}
	}
	q.page(numbersByAge, f.After, f.Limit)
	return collect[PhoneNumber](r, q.String(), q.args)
}

// PhoneNumberOrder is an order of numbers.
type PhoneNumberOrder struct {
	AwsAccountID string
	OrderID      string
	ProductType  string
	Status       string
	Items        []OrderedNumber
	CreatedMs    int64
	UpdatedMs    int64
}

// OrderedNumber is one number of an order.
type OrderedNumber struct {
	E164   string `json:"e"`
	Status string `json:"s"`
}

const orderColumns = `aws_account_id, order_id, product_type, status, items, created_ms, updated_ms`

func (o *PhoneNumberOrder) scan(row engine.Row) error {
	var items string
	err := row.Scan(&o.AwsAccountID, &o.OrderID, &o.ProductType, &o.Status, &items, &o.CreatedMs, &o.UpdatedMs)
	if err == nil {
		err = json.Unmarshal([]byte(items), &o.Items)
	}
	if err != nil {
		return fmt.Errorf("reading order %s: %w", o.OrderID, err)
	}
	return nil
}

func (o *PhoneNumberOrder) items() string {
	text, _ := json.Marshal(o.Items) // strings always marshal
	return string(text)
}

// InsertOrder adds an order.
func (r Records) InsertOrder(o *PhoneNumberOrder) error {
	return r.insert(`INSERT INTO phone_number_orders (`+orderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		o.AwsAccountID, o.OrderID, o.ProductType, o.Status, o.items(), o.CreatedMs, o.UpdatedMs)
}

// UpdateOrder writes how far an order is.
func (r Records) UpdateOrder(o *PhoneNumberOrder) error {
	return r.changed(noOrder, `UPDATE phone_number_orders SET status = $1, items = $2, updated_ms = $3 WHERE aws_account_id = $4 AND order_id = $5`,
		o.Status, o.items(), o.UpdatedMs, o.AwsAccountID, o.OrderID)
}

// Order returns an order, or ErrNotFound.
func (r Records) Order(awsAccountID, orderID string) (o PhoneNumberOrder, err error) {
	err = r.one(noOrder, `SELECT `+orderColumns+` FROM phone_number_orders WHERE aws_account_id = $1 AND order_id = $2`, []any{awsAccountID, orderID}, o.scan)
	return o, err
}

var newestOrders = descending(`created_ms`, `order_id`)

// Orders returns a page of the orders of an AWS account, newest first;
// beforeMs 0 begins.
func (r Records) Orders(awsAccountID string, after Position, limit int) ([]PhoneNumberOrder, error) {
	var q query
	q.add(`SELECT `+orderColumns+` FROM phone_number_orders WHERE aws_account_id = ?`, awsAccountID)
	q.page(newestOrders, after, limit)
	return collect[PhoneNumberOrder](r, q.String(), q.args)
}

// DeleteQueuedNumber gives a number back to the pool if it still has this
// status since this moment; ErrNotFound says that it has not.
func (r Records) DeleteQueuedNumber(e164, status string, deletionMs int64) error {
	return r.changed(NoNumber, `DELETE FROM phone_numbers WHERE e164 = $1 AND status = $2 AND deletion_ms = $3`, e164, status, deletionMs)
}

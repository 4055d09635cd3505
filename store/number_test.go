package store_test

import (
	"fmt"

	"carillon/store"
)

func (d *db) phoneNumber(e164 string) (n store.PhoneNumber, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		n, err = r.PhoneNumber(aws, e164)
		return err
	})
	return n, err
}

func (d *db) numbers(f store.PhoneNumberFilter) (page []store.PhoneNumber) {
	d.Helper()
	f.AwsAccountID = aws
	d.read(func(r store.Records) (err error) {
		page, err = r.PhoneNumbers(f)
		return err
	})
	return page
}

func (d *db) addNumber(n store.PhoneNumber) {
	d.Helper()
	n.AwsAccountID = aws
	d.write(func(r store.Records) error { return r.InsertPhoneNumber(&n) })
}

func phoneNumber(d *db) {
	first := filled[store.PhoneNumber](d, "+")
	first.AwsAccountID = aws
	d.write(func(r store.Records) error { return r.InsertPhoneNumber(&first) })
	got, err := d.phoneNumber(first.E164)
	d.must(err)
	d.equal("inserted", got, first)

	second := filled[store.PhoneNumber](d, "++")
	second.E164, second.AwsAccountID, second.Country, second.Type = first.E164, aws, first.Country, first.Type
	second.OrderID, second.CreatedMs = first.OrderID, first.CreatedMs
	d.write(func(r store.Records) error {
		locked, err := r.LockPhoneNumber(aws, first.E164)
		d.equal("locked", locked, first)
		if err != nil {
			return err
		}
		return r.UpdatePhoneNumber(&second)
	})
	d.equal("listed", d.numbers(store.PhoneNumberFilter{Limit: 9}), []store.PhoneNumber{second})
	stranger := first
	stranger.AwsAccountID = "999900001111"
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertPhoneNumber(&stranger) })
	d.refused(store.ErrNotFound, func(r store.Records) error {
		_, err := r.PhoneNumber(stranger.AwsAccountID, first.E164)
		return err
	})
	d.refused(store.ErrNotFound, func(r store.Records) error {
		_, err := r.LockPhoneNumber(stranger.AwsAccountID, first.E164)
		return err
	})
}

// Numbers come in the order of their creation, several of one moment by number.
func phoneNumberPages(d *db) {
	statuses := []string{"x", "y"}
	for i := range 9 {
		d.addNumber(store.PhoneNumber{
			E164: fmt.Sprintf("+1%d", 9-i), CreatedMs: int64(1 + i/4), Status: statuses[i%2], ProductType: statuses[i/5],
			AccountID: statuses[i%2], UserID: statuses[i/8],
		})
	}
	d.exec(`INSERT INTO phone_numbers SELECT '+2', '999900001111', country, number_type, product_type, status, calling_name, calling_name_status,
		account_id, user_id, order_id, associated_ms, created_ms, updated_ms, deletion_ms FROM phone_numbers WHERE e164 = '+11'`)
	for name, test := range map[string]struct {
		filter store.PhoneNumberFilter
		want   []string
	}{
		"all":     {store.PhoneNumberFilter{}, []string{"+16", "+17", "+18", "+19", "+12", "+13", "+14", "+15", "+11"}},
		"status":  {store.PhoneNumberFilter{Status: "y"}, []string{"+16", "+18", "+12", "+14"}},
		"product": {store.PhoneNumberFilter{ProductType: "y"}, []string{"+12", "+13", "+14", "+11"}},
		"account": {store.PhoneNumberFilter{AccountID: "x"}, []string{"+17", "+19", "+13", "+15", "+11"}},
		"user":    {store.PhoneNumberFilter{UserID: "y"}, []string{"+11"}},
		"nobody":  {store.PhoneNumberFilter{UserID: "z"}, nil},
	} {
		for limit := 1; limit <= 10; limit++ {
			f := test.filter
			f.Limit = limit
			got := paged(d, limit, func() (ids []string) {
				for _, n := range d.numbers(f) {
					ids, f.After = append(ids, n.E164), store.Position{Ms: n.CreatedMs, ID: n.E164}
				}
				return ids
			})
			d.equal(fmt.Sprintf("%s by %d", name, limit), got, test.want)
		}
	}
}

// paged collects pages until one is not full.
func paged(d *db, limit int, next func() []string) (all []string) {
	d.Helper()
	for range 100 {
		page := next()
		if len(page) > limit {
			d.Fatalf("a page of %d has %d", limit, len(page))
		}
		if all = append(all, page...); len(page) < limit {
			return all
		}
	}
	d.Fatal("the pages have no end")
	return nil
}

func phoneNumbersReleased(d *db) {
	for i, owner := range [][2]string{{"a", "u"}, {"a", "v"}, {"b", "u"}, {"", ""}} {
		d.addNumber(store.PhoneNumber{E164: fmt.Sprint("+", i), AccountID: owner[0], UserID: owner[1], Status: "Assigned", AssociatedMs: 5, CreatedMs: 1})
	}
	state := func() (list []string) {
		for _, n := range d.numbers(store.PhoneNumberFilter{Limit: 9}) {
			list = append(list, fmt.Sprint(n.AccountID, n.UserID, n.Status, n.AssociatedMs, n.UpdatedMs))
		}
		return list
	}
	d.write(func(r store.Records) error { return r.ReleaseUserNumbers("a", "u", "Free", 7) })
	d.equal("one user's", state(), []string{"Free0 7", "avAssigned5 0", "buAssigned5 0", "Assigned5 0"})
	d.write(func(r store.Records) error { return r.ReleaseUserNumbers("a", "", "Free", 8) })
	d.equal("an account's", state(), []string{"Free0 7", "Free0 8", "buAssigned5 0", "Assigned5 0"})
	d.read(func(r store.Records) error {
		n, err := r.CountPhoneNumbers(aws)
		d.equal("count", n, int64(4))
		return err
	})
	d.read(func(r store.Records) error {
		owned, err := r.OwnedBetween("+1", "+2")
		d.equal("between", owned, map[string]bool{"+1": true, "+2": true})
		return err
	})
}

// A number leaves the queue only from the very stay that is meant.
func phoneNumberQueue(d *db) {
	d.addNumber(store.PhoneNumber{E164: "+1", Status: "Queue", DeletionMs: 5, CreatedMs: 1})
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteQueuedNumber("+1", "Queue", 4) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteQueuedNumber("+1", "Free", 5) })
	d.write(func(r store.Records) error { return r.DeleteQueuedNumber("+1", "Queue", 5) })
	d.equal("left", d.count("phone_numbers"), int64(0))
}

func order(d *db) {
	first := filled[store.PhoneNumberOrder](d, "+")
	first.AwsAccountID = aws
	d.write(func(r store.Records) error { return r.InsertOrder(&first) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertOrder(&first) })
	second := filled[store.PhoneNumberOrder](d, "++")
	second.AwsAccountID, second.OrderID, second.ProductType, second.CreatedMs = aws, first.OrderID, first.ProductType, first.CreatedMs
	got, err := d.order(first.OrderID)
	d.must(err)
	d.equal("inserted", got, first)
	d.write(func(r store.Records) error { return r.UpdateOrder(&second) })
	got, err = d.order(first.OrderID)
	d.must(err)
	d.equal("updated", got, second)
	stranger := second
	stranger.AwsAccountID = "999900001111"
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.UpdateOrder(&stranger) })
	d.refused(store.ErrNotFound, func(r store.Records) error {
		_, err := r.Order(stranger.AwsAccountID, stranger.OrderID)
		return err
	})
}

func (d *db) order(id string) (o store.PhoneNumberOrder, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		o, err = r.Order(aws, id)
		return err
	})
	return o, err
}

func orderPages(d *db) {
	for i := range 7 {
		o := store.PhoneNumberOrder{AwsAccountID: aws, OrderID: fmt.Sprint("o", 7-i), CreatedMs: int64(1 + i/3)}
		d.write(func(r store.Records) error { return r.InsertOrder(&o) })
	}
	for limit := 1; limit <= 8; limit++ {
		var ms int64
		var id string
		got := paged(d, limit, func() (ids []string) {
			d.read(func(r store.Records) error {
				page, err := r.Orders(aws, store.Position{Ms: ms, ID: id}, limit)
				ids = nil
				for _, o := range page {
					ids, ms, id = append(ids, o.OrderID), o.CreatedMs, o.OrderID
				}
				return err
			})
			return ids
		})
		d.equal(fmt.Sprint("pages of ", limit), got, []string{"o1", "o4", "o3", "o2", "o7", "o6", "o5"})
	}
}

func offer(d *db) {
	first := filled[store.OfferedNumber](d, "+")
	first.ProductTypes = []string{"A", "B"}
	put := func(o *store.OfferedNumber) func(store.Records) error {
		return func(r store.Records) error { return r.PutOfferedNumber(o) }
	}
	get := func() (o store.OfferedNumber) {
		d.read(func(r store.Records) (err error) {
			o, err = r.OfferedNumber(first.E164)
			return err
		})
		return o
	}
	filledUp := func() (found bool) {
		d.read(func(r store.Records) (err error) {
			found, err = r.HasOffers()
			return err
		})
		return found
	}
	d.equal("empty", filledUp(), false)
	d.write(put(&first))
	d.equal("filled", filledUp(), true)
	d.equal("inserted", get(), first)
	second := filled[store.OfferedNumber](d, "++")
	second.E164, second.CreatedMs, second.ProductTypes = first.E164, first.CreatedMs, []string{}
	d.write(put(&second))
	d.equal("replaced", get(), second)
	d.refused(store.ErrNotFound, func(r store.Records) error {
		_, err := r.OfferedNumber("ghost")
		return err
	})
}

func offerFilters(d *db) {
	for i := range 6 {
		pick := func(values ...string) string { return values[i%len(values)] }
		o := store.OfferedNumber{
			E164: fmt.Sprint("+1", i), Country: pick("US", "GB"), Type: pick("Local", "Local", "TollFree"), AreaCode: pick("206", "425"),
			City: pick("Ünna", "x"), State: pick("WA", "OR", "AZ"),
		}
		d.write(func(r store.Records) error { return r.PutOfferedNumber(&o) })
	}
	d.addNumber(store.PhoneNumber{E164: "+12", CreatedMs: 1})
	for name, test := range map[string]struct {
		filter store.OfferFilter
		want   []string
	}{
		"all":     {store.OfferFilter{}, []string{"+10", "+11", "+12", "+13", "+14", "+15"}},
		"country": {store.OfferFilter{Country: "GB"}, []string{"+11", "+13", "+15"}},
		"type":    {store.OfferFilter{Type: "TollFree"}, []string{"+12", "+15"}},
		"code":    {store.OfferFilter{AreaCode: "206"}, []string{"+10", "+12", "+14"}},
		"city":    {store.OfferFilter{City: "üNNA", Free: true}, []string{"+10", "+14"}},
		"state":   {store.OfferFilter{State: "AZ", Country: "US"}, []string{"+12"}},
		"prefix":  {store.OfferFilter{Prefix: "+13"}, []string{"+13"}},
		"free":    {store.OfferFilter{Free: true}, []string{"+10", "+11", "+13", "+14", "+15"}},
		"none":    {store.OfferFilter{State: "wa"}, nil},
	} {
		for _, limit := range []int{1, 2, 9} {
			f := test.filter
			f.Limit = limit
			got := paged(d, limit, func() (ids []string) {
				d.read(func(r store.Records) error {
					page, err := r.OfferedNumbers(f)
					ids = nil
					for _, o := range page {
						ids, f.After = append(ids, o.E164), store.Position{ID: o.E164}
					}
					return err
				})
				return ids
			})
			d.equal(fmt.Sprintf("%s by %d", name, limit), got, test.want)
		}
	}
}

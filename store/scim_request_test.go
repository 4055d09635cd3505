package store_test

import (
	"fmt"

	"carillon/store"
)

// scimRequestsForgotten: of an account only the newest requests stay, and none of
// another's goes.
func scimRequestsForgotten(d *db) {
	for i := range 5 {
		for _, account := range []string{"a", "b"} {
			d.write(func(r store.Records) error {
				return r.InsertScimRequest(&store.ScimRequest{AccountID: account, RequestID: fmt.Sprint(i), AtUs: int64(i / 2), Method: "GET"})
			})
		}
	}
	d.write(func(r store.Records) error { return r.ForgetScimRequests("a", 2) })
	d.equal("of a", d.scimRequests("a"), []string{"4", "3"})
	d.equal("of b", d.scimRequests("b"), []string{"4", "3", "2", "1", "0"})
	d.write(func(r store.Records) error { return second(r.PurgeScimRequests(2, 4)) })
	d.equal("purged", len(d.scimRequests("a"))+len(d.scimRequests("b")), 3)
}

func (d *db) scimRequests(accountID string) (ids []string) {
	d.write(func(r store.Records) error {
		list, err := r.ScimRequests(accountID, 100)
		for i := range list {
			ids = append(ids, list[i].RequestID)
		}
		return err
	})
	return ids
}

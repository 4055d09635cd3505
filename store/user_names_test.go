package store_test

import (
	"slices"

	"carillon/store"
)

func userNames(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 2)
	d.write(func(r store.Records) error {
		return r.InsertAccount(&store.Account{AccountID: "c", AwsAccountID: "444455556666", Name: "c", Type: "Team", Status: "Active", CreatedMs: 3})
	})
	for _, u := range []store.UserKey{{"a", "u"}, {"a", "v"}, {"b", "u"}, {"b", timedID}, {"c", "u"}} {
		d.addUser(u.AccountID, u.UserID, 1)
	}
	for _, test := range []struct{ asked, want []store.UserKey }{
		{nil, nil},
		{[]store.UserKey{{"a", "u"}}, []store.UserKey{{"a", "u"}}},
		{[]store.UserKey{{"b", timedID}}, []store.UserKey{{"b", timedID}}},
		{[]store.UserKey{{"a", "u"}, {"b", timedID}, {"a", timedID}}, []store.UserKey{{"a", "u"}, {"b", timedID}}},
		{[]store.UserKey{{"a", "v"}, {"b", "u"}, {"c", "u"}, {"d", "u"}, {"a", "nobody"}}, []store.UserKey{{"a", "v"}, {"b", "u"}}},
	} {
		var got []store.UserKey
		d.read(func(r store.Records) error {
			return r.UserNames(aws, test.asked, func(u *store.User) {
				got = append(got, store.UserKey{AccountID: u.AccountID, UserID: u.UserID})
				d.equal("address", u.Email, u.UserID+"@example.com")
			})
		})
		slices.SortFunc(got, func(a, b store.UserKey) int {
			return slices.Compare([]string{a.AccountID, a.UserID}, []string{b.AccountID, b.UserID})
		})
		d.equal("named", got, test.want)
	}
}

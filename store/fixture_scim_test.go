package store_test

import (
	"errors"

	"carillon/store"
)

func fixtureScim() []fixtureRecord {
	return []fixtureRecord{
		record(11, store.ScimToken{TokenID: "t", AwsAccountID: aws, AccountID: "enterprise", Name: "Okta", Hash: []byte{1, 2}, CreatedMs: 1, ExpiresMs: 2, UsedMs: 3},
			store.Records.InsertScimToken, func(r store.Records) (store.ScimToken, error) {
				got, err := r.ScimToken("t")
				return *got, err
			}),
		record(11, store.ScimUser{AccountID: "enterprise", UserID: "full", AwsAccountID: aws, ExternalID: "X", Attributes: `{"title":"Dr"}`, ChangedMs: 4},
			func(r store.Records, u *store.ScimUser) error { return r.PutScimUser(u, []string{"other@example.com"}) },
			func(r store.Records) (store.ScimUser, error) {
				got, err := r.ScimUser("enterprise", "full")
				return *got, err
			}),
		record(12, store.ScimRequest{
			AccountID: "enterprise", RequestID: "r", AtUs: 7, Method: "PATCH", Path: "/Users/u", Status: 400, ScimType: "invalidValue", Detail: "Why", DurationMs: 8, TokenID: "t",
		}, store.Records.InsertScimRequest, func(r store.Records) (store.ScimRequest, error) {
			list, err := r.ScimRequests("enterprise", 1)
			return list[0], err
		}),
		record(11, store.ScimGroup{AccountID: "enterprise", GroupID: "g", AwsAccountID: aws, Name: "Sales", ExternalID: "E", License: "Pro", CreatedMs: 5, ChangedMs: 6},
			func(r store.Records, g *store.ScimGroup) error {
				return errors.Join(r.InsertScimGroup(g), r.AddScimMembers(g.AccountID, g.GroupID, []string{"full"}))
			},
			func(r store.Records) (store.ScimGroup, error) {
				got, err := r.ScimGroup("enterprise", "g")
				return *got, err
			}),
		{since: 11, write: func(store.Records) error { return nil }, check: func(d *db) {
			d.read(func(r store.Records) error {
				ids, err := r.ScimUserIDs("enterprise", "", "Other@example.com", 9)
				members, failed := r.MembershipsOf("enterprise", []string{"full", "nobody"})
				d.equal("by address", ids, []string{"full"})
				d.equal("groups", members, []store.Membership{{UserID: "full", GroupID: "g", Name: "Sales", License: "Pro"}})
				accounts, missing := r.ScimAccounts(9)
				d.equal("accounts of tokens in use", accounts, []string{"enterprise"})
				return errors.Join(err, failed, missing)
			})
		}},
	}
}

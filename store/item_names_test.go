package store_test

import (
	"fmt"
	"slices"

	"carillon/store"
)

func itemNames(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 2)
	d.write(func(r store.Records) error {
		return r.InsertAccount(&store.Account{AccountID: "c", AwsAccountID: "444455556666", Name: "c", Type: "Team", Status: "Active", CreatedMs: 3})
	})
	for _, k := range []store.ItemKey{{"a", "x"}, {"a", "y"}, {"b", "x"}, {"c", "x"}} {
		d.write(func(r store.Records) error {
			if err := r.InsertRoom(&store.Room{AccountID: k.AccountID, RoomID: k.ItemID, AwsAccountID: aws, Name: "room " + k.ItemID}); err != nil {
				return err
			}
			return r.InsertBot(&store.Bot{AccountID: k.AccountID, BotID: k.ItemID, AwsAccountID: aws, DisplayName: "bot " + k.ItemID, Email: k.AccountID + k.ItemID})
		})
	}
	asked := []store.ItemKey{{"a", "y"}, {"b", "x"}, {"b", "y"}, {"c", "x"}, {"d", "x"}}
	for kind, names := range map[string]func(store.Records, string, []store.ItemKey, func(store.ItemKey, string)) error{
		"room": store.Records.RoomNames, "bot": store.Records.BotNames,
	} {
		named := func(asked []store.ItemKey) (got []string) {
			d.read(func(r store.Records) error {
				return names(r, aws, asked, func(k store.ItemKey, name string) {
					got = append(got, fmt.Sprintf("%s/%s %s", k.AccountID, k.ItemID, name))
				})
			})
			slices.Sort(got)
			return got
		}
		d.equal("none", len(named(nil)), 0)
		d.equal("named", named(asked), []string{"a/y " + kind + " y", "b/x " + kind + " x"})
	}
}

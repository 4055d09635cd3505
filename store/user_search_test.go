package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"carillon/store"
)

// townsfolk are users who come, change and go by chance.
type townsfolk struct {
	*db
	*rand.Rand
	packer *store.Packer
	users  []store.User
	serial int
}

var (
	someNames = []string{"Ann Smith", "ÜNAL Zoë", "", "a%_b", "İstanbul", "smith\x00", "ſharp", "\"quoted\" <&>", "日本"}
	someHosts = []string{"example.com", "EXAMPLE.com.", "bücher.example", "x.org"}
	someKinds = []string{"PrivateUser", "SharedDevice"}
)

func pick[T any](t *townsfolk, list []T) T { return list[t.IntN(len(list))] }

// newcomer is a user whose id and age are of any kind.
func (t *townsfolk) newcomer() store.User {
	t.serial++
	ms := timedMs + int64(t.IntN(1000))*1000
	u := store.User{
		AccountID: "a", AwsAccountID: aws, CreatedMs: ms, Email: fmt.Sprintf("u%d@%s", t.serial, pick(t, someHosts)), DisplayName: pick(t, someNames),
		License: pick(t, []string{"Basic", "Pro"}), Type: pick(t, someKinds), Registration: pick(t, []string{"Registered", "Suspended", "Odd"}),
		InvitedMs: int64(t.IntN(3)), RegisteredMs: ms - int64(t.IntN(3)),
	}
	switch t.IntN(4) {
	case 0:
		u.UserID = fmt.Sprint("id ", t.serial)
	case 1:
		u.UserID = fmt.Sprintf("0191f4c8-7000-4000-8000-%012d", t.serial)
	default:
		u.UserID = fmt.Sprintf("%08x-%04x-7000-8000-%012x", ms>>16, ms&0xffff, t.serial)
	}
	return u
}

// live has some users come, change and go.
func (t *townsfolk) live(newcomers int) {
	some := make([]store.User, newcomers)
	for i := range some {
		some[i] = t.newcomer()
	}
	t.write(func(r store.Records) error { return second(r.InsertUsers(some)) })
	t.users = append(t.users, some...)
	t.write(func(r store.Records) error {
		for range 10 {
			u := &t.users[t.IntN(len(t.users))]
			u.License, u.DisplayName = pick(t, []string{"Basic", "Pro"}), pick(t, someNames)
			if err := r.UpdateUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	for range 5 {
		t.write(func(r store.Records) error {
			return r.AddActivity(&store.Activity{AccountID: "a", UserID: pick(t, t.users).UserID, ActiveMs: 1 + int64(t.IntN(9))})
		})
	}
	for range 7 {
		i := t.IntN(len(t.users))
		t.write(func(r store.Records) error { return r.RemoveUser(&t.users[i]) })
		t.users = slices.Delete(t.users, i, i+1)
	}
}

// packSome goes on with the packing for a while.
func (t *townsfolk) packSome(steps int) {
	t.Helper()
	for more, n := true, 0; more && n < steps; n++ {
		var err error
		if more, err = t.packer.Step(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func (t *townsfolk) search() store.UserSearch {
	s := store.UserSearch{
		AccountID: "a", Sort: store.UserSort(t.IntN(9)), Descending: t.IntN(2) == 0, Limit: 1 + t.IntN(60),
		Registration: pick(t, []string{"", "", "Suspended"}), License: pick(t, []string{"", "", "Pro"}), Type: pick(t, []string{"", "", "SharedDevice"}),
	}
	if t.IntN(4) == 0 {
		s.ActiveFromMs, s.ActiveBeforeMs = int64(t.IntN(3)), int64(t.IntN(10))
	}
	u := &t.users[t.IntN(len(t.users))]
	text := pick(t, []string{"", u.UserID, u.Email, u.DisplayName, "example", "ünal", "U1", "@", "com.", "nobody"})
	if runes := []rune(text); len(runes) > 2 && t.IntN(3) == 0 {
		from := t.IntN(len(runes) - 1)
		text = string(runes[from : from+1+t.IntN(len(runes)-from-1)])
	}
	s.Text = text
	return s
}

// compare has two pages of a search found in both ways.
func (t *townsfolk) compare(s store.UserSearch) {
	t.Helper()
	for page := range 2 {
		t.read(func(r store.Records) error {
			want, count, err := store.ScanUsers(r, &s)
			var got []store.UserPlace
			found, _, failed := r.SearchUsers(&s, func(u *store.User, at store.UserPlace) { got = append(got, at) })
			if !slices.Equal(got, want) || found != count && s.After == nil {
				t.Errorf("%+v, page %d: %d %+v\nrow by row: %d %+v", s, page, found, got, count, want)
			}
			if len(want) > 0 {
				s.After = &want[len(want)-1]
			}
			return errors.Join(err, failed)
		})
	}
}

func (t *townsfolk) packed() (packed bool) {
	t.Helper()
	t.read(func(r store.Records) (err error) {
		packed, err = store.UsersPacked(r)
		return err
	})
	return packed
}

// What is found in blocks is what is found row by row, whatever happened meanwhile.
func usersPacked(d *db) {
	t := &townsfolk{db: d, Rand: rand.New(rand.NewPCG(1, 2)), packer: d.NewPacker()}
	d.addAccount("a", 1)
	t.live(2500)
	d.must(d.SetSearchIndex(d.Context(), true))
	for round := range 10 {
		t.live(1 + t.IntN(80))
		t.packSome(t.IntN(4))
		if round == 8 && !t.packed() {
			d.Error("it is never packed")
		}
		for range 2 {
			t.compare(t.search())
		}
	}
	d.read(func(r store.Records) error { // blocks know the number, whatever the limit
		found, more, err := r.SearchUsers(&store.UserSearch{AccountID: "a", Limit: 1, CountLimit: 1}, func(*store.User, store.UserPlace) {})
		if rows := d.count("user_rows"); found != rows || more {
			d.Errorf("%d users are counted (more: %v), not %d", found, more, rows)
		}
		return err
	})
	if blocks := d.count("user_blocks"); blocks < 2 {
		d.Errorf("%d blocks", blocks)
	}
	d.must(d.SetSearchIndex(d.Context(), true)) // changes nothing
	if !t.packed() {
		d.Error("packed anew at the next start")
	}
}

func usersUnpacked(d *db) {
	t := &townsfolk{db: d, Rand: rand.New(rand.NewPCG(3, 4)), packer: d.NewPacker()}
	d.addAccount("a", 1)
	t.live(80)
	d.must(d.SetSearchIndex(d.Context(), true))
	t.packSome(100)
	d.must(d.SetSearchIndex(d.Context(), false))
	t.live(80)
	t.packSome(100)
	d.equal("left", d.rows("user_blocks", "user_changes", "user_packing"), []int64{0, 0, 0})
	t.compare(store.UserSearch{AccountID: "a", Text: "example", Limit: 50})
}

func usersPackedErased(d *db) {
	t := &townsfolk{db: d, Rand: rand.New(rand.NewPCG(5, 6)), packer: d.NewPacker()}
	a := d.addAccount("a", 1)
	d.must(d.SetSearchIndex(d.Context(), true))
	t.live(80)
	t.packSome(100)
	t.live(80)
	d.write(func(r store.Records) error { return deleteAccount(r, a, 9) })
	d.equal("left", d.rows("user_blocks", "user_changes", "user_rows"), []int64{0, 0, 0})
}

// A program that packs in another form begins anew, and so does one to whose database
// somebody has copied only the rows.
func TestSetSearchIndex_anew(t *testing.T) {
	d := newDB(t, openSQLite(t))
	d.must(d.SetSearchIndex(t.Context(), true))
	folk := &townsfolk{db: d, packer: d.NewPacker()}
	for name, spoil := range map[string]string{"format": "UPDATE user_packing SET format = 99", "triggers": "DROP TRIGGER user_rows_noted_added"} {
		folk.packSome(10)
		if !folk.packed() {
			t.Fatal("not packed")
		}
		d.exec(spoil)
		d.must(d.SetSearchIndex(t.Context(), true))
		if folk.packed() {
			t.Errorf("%s: it is as if nothing had happened", name)
		}
	}
}

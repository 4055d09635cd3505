package store_test

import (
	"errors"
	"testing"
	"time"

	"carillon/store"
	"carillon/store/engine"
)

// keeping is something that is added to what somebody else deletes.
type keeping struct {
	name string
	// add keeps what the addition belongs to and makes it.
	add func(store.Records) error
	// remove locks that, looks whether the addition is there, and deletes it.
	remove func(store.Records) (saw bool, err error)
	// rows counts what has been added, wherever it may be.
	rows func(*db) int64
}

func keepings() []keeping {
	inAccount := func(name string, keep func(store.Records) error) keeping {
		return keeping{name, func(r store.Records) error {
			if err := keep(r); err != nil {
				return err
			}
			return r.InsertUser(newUser("a", "u", 1))
		}, func(r store.Records) (bool, error) {
			a, err := r.LockAccount(aws, "a")
			if err != nil {
				return false, err
			}
			saw, err := r.HasUsers("a")
			return saw, errors.Join(err, deleteAccount(r, a, 1))
		}, func(d *db) int64 { return d.count("users") }}
	}
	return []keeping{
		inAccount("KeepAccount", func(r store.Records) error { return second(r.KeepAccount(aws, "a")) }),
		inAccount("KeepAccounts", func(r store.Records) error {
			list, err := r.KeepAccounts([]string{"b", "a"})
			for _, a := range list {
				if a.AccountID == "a" && a.AwsAccountID == aws {
					return err
				}
			}
			return errors.Join(err, store.ErrNotFound)
		}),
		{"KeepRoom", func(r store.Records) error {
			if _, err := r.KeepRoom("a", "r"); err != nil {
				return err
			}
			return r.InsertMessage(&store.Message{AccountID: "a", ContainerType: store.InRoom, ContainerID: "r", MessageID: "m", CreatedMs: 1})
		}, func(r store.Records) (bool, error) {
			if _, err := r.LockRoom("a", "r"); err != nil {
				return false, err
			}
			if err := r.DeleteRoom("a", "r"); err != nil {
				return false, err
			}
			n, err := r.EraseRoomMessages("a", "r", 100)
			return n > 0, err
		}, func(d *db) int64 { return d.count("messages") }},
	}
}

// Who adds something to what another transaction is deleting waits for it and is
// refused; and who deletes waits for those who add, and finds what they have
// added. Nothing is left of either.
func TestKeep_postgres(t *testing.T) {
	for _, k := range keepings() {
		t.Run(k.name+", then deleted", func(t *testing.T) { k.keepFirst(newKeepDB(t)) })
		t.Run(k.name+" too late", func(t *testing.T) { k.removeFirst(newKeepDB(t)) })
	}
}

func newKeepDB(t *testing.T) *db {
	d := newDB(t, openPostgres(t))
	d.must(d.Migrate(t.Context()))
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	d.addRoom("a", "r", 1)
	return d
}

func (k keeping) keepFirst(d *db) {
	var saw bool
	removed := make(chan error, 1)
	d.write(func(r store.Records) error {
		if err := k.add(r); err != nil {
			return err
		}
		go func() {
			removed <- d.update(func(r store.Records) (err error) {
				saw, err = k.remove(r)
				return err
			})
		}()
		return d.somebodyWaits()
	})
	d.must(<-removed)
	d.equal("seen", saw, true)
	d.equal("left", k.rows(d), int64(0))
}

func (k keeping) removeFirst(d *db) {
	added := make(chan error, 1)
	d.write(func(r store.Records) error {
		if _, err := k.remove(r); err != nil {
			return err
		}
		go func() { added <- d.update(k.add) }()
		return d.somebodyWaits()
	})
	if err := <-added; !errors.Is(err, store.ErrNotFound) {
		d.Errorf("added: %v", err)
	}
	d.equal("left", k.rows(d), int64(0))
}

// somebodyWaits returns when a transaction waits for a lock.
func (d *db) somebodyWaits() error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var n int64
		err := d.engine.View(d.Context(), func(tx engine.Tx) error {
			return tx.Query(`SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`, nil,
				func(row engine.Row) error { return row.Scan(&n) })
		})
		if err != nil || n > 0 {
			return err
		}
	}
	return errors.New("nobody waits")
}

package work

import "carillon/store"

// UpdateUser is that of the records, and notes when it was: whichever rule changes a
// user, identity providers see that they have changed.
func (w *Unit) UpdateUser(u *store.User) error {
	w.stamp(u)
	return w.Records.UpdateUser(u)
}

// UpdateUsers is UpdateUser for several users.
func (w *Unit) UpdateUsers(users []store.User) error {
	for i := range users {
		w.stamp(&users[i])
	}
	return w.Records.UpdateUsers(users)
}

// stamp notes the time of a change, which never goes back.
func (w *Unit) stamp(u *store.User) { u.ChangedMs = max(w.NowMs(), u.ChangedMs) }

package store_test

import "carillon/store"

// licensed: those with a licence are found among so many users and no more, and whoever
// asks is told whether these are all.
func licensed(d *db) {
	d.addAccount("a", 1)
	for i, id := range []string{"u1", "u2", "u3", "u4"} {
		u := newUser("a", id, int64(i))
		u.License = []string{"Basic", "Pro"}[i%2]
		d.write(func(r store.Records) error { return r.InsertUser(u) })
	}
	for _, c := range []struct {
		license     string
		limit, most int
		want        []string
		whole       bool
	}{
		{"Pro", 3, 5, []string{"u2", "u4"}, true},
		{"Basic", 3, 5, []string{"u1", "u3"}, true},
		{"Basic", 3, 4, []string{"u1", "u3"}, false}, // there may be more users
		{"Pro", 3, 3, []string{"u2"}, false},
		{"Pro", 2, 5, []string{"u2", "u4"}, false}, // or more with the licence
		{"Pro", 1, 5, []string{"u2"}, false},
	} {
		d.write(func(r store.Records) error {
			ids, whole, err := r.Licensed("a", c.license, c.limit, c.most)
			d.equal("with the licence", ids, c.want)
			d.equal("all", whole, c.whole)
			return err
		})
	}
}

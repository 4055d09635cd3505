package e2e

import "testing"

// cluster starts servers on one new PostgreSQL database.
func cluster(t *testing.T, n int, flags ...string) (list []*env) {
	t.Helper()
	t.Parallel()
	startsServers(t)
	database := postgres.newDatabase(t)
	for range n {
		list = append(list, postgres.startOn(t, database, flags...))
	}
	return list
}

// through returns the caller as it is on every server.
func (c *caller) through(list []*env) (same []*caller) {
	for _, e := range list {
		same = append(same, newCaller(e.endpoint, c.keys))
	}
	return same
}

// contest calls something n times at once, by all callers in turn, and returns
// how many calls succeeded. The others must have been refused as wanted.
func contest(t *testing.T, callers []*caller, n int, want refusal, call func(c *caller, i int) error) (succeeded int) {
	t.Helper()
	for _, err := range atOnce(n, func(i int) error { return call(callers[i%len(callers)], i) }) {
		if err == nil {
			succeeded++
			continue
		}
		refused(t, err, want)
	}
	return succeeded
}

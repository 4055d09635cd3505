package e2e

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
)

// The tests of every engine run on Citus as well where there is one, and this one
// tells that they do not where there is none. A server puts accounts on all
// machines.
func TestCitus(t *testing.T) {
	t.Parallel()
	startsServers(t)
	flags := citus.newDatabase(t)
	e := citus.startOn(t, flags)
	conn, err := pgx.Connect(t.Context(), flags[len(flags)-1])
	succeed(t, err)
	defer conn.Close(context.Background())
	var workers int64
	succeed(t, conn.QueryRow(t.Context(), "SELECT COUNT(DISTINCT nodename || nodeport) FROM citus_shards WHERE table_name = 'accounts'::regclass").Scan(&workers))
	equal(t, "machines with accounts", workers, int64(2))
	e.getAccount(t, e.team(t))
}

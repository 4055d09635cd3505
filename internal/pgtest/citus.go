package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
)

// CitusURL returns the URL of a new, empty database that is spread over the
// machines of a Citus cluster, and is dropped when the test ends. The cluster
// is the one of the database that the environment variable CARILLON_TEST_CITUS
// names: the URL of a superuser on the coordinator. Without it the test skips.
func CitusURL(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("CARILLON_TEST_CITUS")
	if admin == "" {
		t.Skip("SKIPPED: CARILLON_TEST_CITUS does not name the coordinator of a Citus cluster")
	}
	nodes, err := citusNodes(admin)
	if err != nil {
		t.Fatal("pgtest: asking for the machines of the cluster:", err)
	}
	name := databaseName()
	for _, n := range nodes {
		server := n.url(t, admin, "postgres")
		must(t, execute(server, "CREATE DATABASE "+name+" TEMPLATE template0"))
		t.Cleanup(func() { must(t, execute(server, "DROP DATABASE "+name+" WITH (FORCE)")) })
		must(t, execute(n.url(t, admin, name), "CREATE EXTENSION citus"))
	}
	coordinator := nodes[0].url(t, admin, name)
	for i, n := range nodes {
		add := "citus_add_node"
		if i == 0 {
			add = "citus_set_coordinator_host"
		}
		must(t, execute(coordinator, fmt.Sprintf("SELECT %s('%s', %d)", add, n.Host, n.Port)))
	}
	return coordinator
}

// node is a machine of a Citus cluster.
type node struct {
	Host string
	Port int
}

// citusNodes returns the machines of the cluster, the coordinator first.
func citusNodes(admin string) ([]node, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' ORDER BY groupid")
	if err != nil {
		return nil, err
	}
	nodes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[node])
	if err == nil && len(nodes) == 0 {
		err = errors.New("no machines are registered")
	}
	return nodes, err
}

// url returns the URL of a database on the machine, for the user of admin.
func (n node) url(t testing.TB, admin, database string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal("pgtest: the URL of the server is not valid") // err tells its password
	}
	u.Host = net.JoinHostPort(n.Host, strconv.Itoa(n.Port))
	u.Path = "/" + database
	return u.String()
}

package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// envCitus is the environment variable with the directory of an installation of
// PostgreSQL with Citus. In it are the programs, in bin or lib/postgresql/*/bin.
const envCitus = "CARILLON_CITUS_HOME"

// citusWorkers is how many workers the cluster of [CitusURL] has.
const citusWorkers = 2

var (
	errNoCitus       = errors.New(envCitus + " does not name an installation of PostgreSQL with Citus")
	errCitusNotFound = errors.New("there are no programs of PostgreSQL in " + envCitus)
)

// Cluster are the machines of a Citus cluster, all of them on this one.
type Cluster struct {
	// Nodes are the machines, the coordinator first.
	Nodes []*Server

	launch func() (*Server, error)
}

// HasCitus reports whether there is a Citus to test with.
func HasCitus() bool { return os.Getenv(envCitus) != "" }

// CitusURL returns the URL of a new, empty database that is spread over the
// machines of a cluster of the test process, by way of its coordinator. It is
// dropped when the test ends. Without an installation of Citus the test skips.
func CitusURL(t testing.TB) string {
	t.Helper()
	shared.citusOnce.Do(func() {
		shared.citus, shared.citusErr = launchCluster(citusWorkers, Options{Fleeting: true})
	})
	must(t, shared.citusErr)
	return shared.citus.URL(t)
}

// StartCitus starts a cluster with some workers that is removed when the test ends.
// Like [CitusURL] it may skip the test.
func StartCitus(t testing.TB, workers int, opts Options) *Cluster {
	t.Helper()
	c, err := launchCluster(workers, opts)
	must(t, err)
	t.Cleanup(func() { must(t, c.remove()) })
	return c
}

// citusSettings are what every machine of a cluster needs, and few shards: each
// takes time to make.
var citusSettings = map[string]string{
	"shared_preload_libraries": "citus", "wal_level": "logical", "max_connections": "300", "max_prepared_transactions": "300",
	"citus.node_conninfo": "sslmode=disable", "citus.shard_count": "4",
}

// launchCluster starts the machines. They have a password in common, by which they
// reach each other.
func launchCluster(workers int, opts Options) (*Cluster, error) {
	p, err := citusPrograms()
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	for _, more := range []map[string]string{citusSettings, opts.Settings} {
		for name, value := range more {
			settings[name] = value
		}
	}
	opts.Settings = settings
	password := newPassword()
	c := &Cluster{launch: func() (*Server, error) { return launchAs(p, password, opts) }}
	for range workers + 1 {
		if err := c.add(); err != nil {
			return nil, errors.Join(err, c.remove())
		}
	}
	return c, nil
}

// add starts a machine more.
func (c *Cluster) add() error {
	s, err := c.launch()
	if err == nil {
		c.Nodes = append(c.Nodes, s)
	}
	return err
}

// Grow adds a worker to the cluster and to a database that [Cluster.URL] has
// returned. It has nothing until the database is rebalanced.
func (c *Cluster) Grow(t testing.TB, database string) {
	t.Helper()
	must(t, c.add())
	n := c.Nodes[len(c.Nodes)-1]
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal("pgtest: the URL of the database is not valid") // err tells its password
	}
	c.join(t, filepath.Base(u.Path), n)
	register(t, database, "citus_add_node", n)
}

// citusPrograms finds the programs of the installation.
func citusPrograms() (programs, error) {
	home := os.Getenv(envCitus)
	if home == "" {
		return programs{}, errNoCitus
	}
	dirs, _ := filepath.Glob(filepath.Join(home, "lib", "postgresql", "*", "bin")) // the pattern is valid
	p, err := programsIn(append([]string{filepath.Join(home, "bin")}, dirs...))
	if err != nil {
		err = errCitusNotFound
	}
	return p, err
}

// URL returns the URL of a new, empty database, which the machines know of each
// other in. It is dropped when the test ends.
func (c *Cluster) URL(t testing.TB) string {
	t.Helper()
	name := databaseName()
	for _, n := range c.Nodes {
		c.join(t, name, n)
	}
	coordinator := databaseURL(t, c.Nodes[0].URL, name)
	register(t, coordinator, "citus_set_coordinator_host", c.Nodes[0])
	for _, n := range c.Nodes[1:] {
		register(t, coordinator, "citus_add_node", n)
	}
	return coordinator
}

// join makes a database on a machine.
func (c *Cluster) join(t testing.TB, name string, n *Server) {
	t.Helper()
	must(t, execute(n.URL, "CREATE DATABASE "+name+" TEMPLATE template0"))
	t.Cleanup(func() { must(t, execute(n.URL, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")) })
	must(t, execute(databaseURL(t, n.URL, name), "CREATE EXTENSION citus"))
}

// register makes a machine known to the coordinator, by a function of Citus.
func register(t testing.TB, coordinator, function string, n *Server) {
	t.Helper()
	host, port := n.address(t)
	must(t, execute(coordinator, fmt.Sprintf("SELECT %s('%s', %d)", function, host, port)))
}

// address returns where the server is.
func (s *Server) address(t testing.TB) (host string, port int) {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err == nil {
		port, err = strconv.Atoi(u.Port())
	}
	if err != nil {
		t.Fatal("pgtest: the URL of the server is not valid")
	}
	return u.Hostname(), port
}

func (c *Cluster) remove() (err error) {
	for _, n := range c.Nodes {
		err = errors.Join(err, n.remove())
	}
	return err
}

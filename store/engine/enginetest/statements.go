package enginetest

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"carillon/store/engine"
)

// Conformance checks what [engine.Engine] promises to a single caller.
func Conformance(t *testing.T, open func(t *testing.T) engine.Engine) {
	runAll(t, open, statementTests)
	runAll(t, open, transactionTests)
}

var statementTests = []test{
	{"Values_roundTrip", valuesRoundTrip},
	{"Values_ofExpressions", valuesOfExpressions},
	{"Exec_affectedRows", execAffectedRows},
	{"Exec_onConflict", execOnConflict},
	{"Exec_commonTableExpression", execCommonTableExpression},
	{"Exec_exists", execExists},
	{"Exec_referenced", execReferenced},
	{"Query_returning", queryReturning},
	{"Query_repeatedPlaceholder", queryRepeatedPlaceholder},
	{"Query_lockingClauses", queryLockingClauses},
	{"Query_byteOrder", queryByteOrder},
	{"Query_eachError", queryEachError},
	{"Query_nested", queryNested},
	{"Batch", batch},
	{"Batch_errors", batchErrors},
	{"Batch_brokenOff", batchBrokenOff},
	{"Arguments_wrong", argumentsWrong},
	{"Scan_wrong", scanWrong},
}

// thing is a row of the table things.
type thing struct {
	id, name string
	n        int64
	flag     bool
	data     []byte
}

func (a thing) equal(b thing) bool {
	return a.id == b.id && a.name == b.name && a.n == b.n && a.flag == b.flag && bytes.Equal(a.data, b.data)
}

func (a *thing) scan(r engine.Row) error {
	return r.Scan(&a.id, &a.name, &a.n, &a.flag, &a.data)
}

func allBytes() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func valuesRoundTrip(d *db) {
	for _, want := range []thing{
		{},
		{id: "minimum", n: math.MinInt64, data: []byte{}},
		{id: "maximum", n: math.MaxInt64, flag: true, data: allBytes()},
		{id: "quotes", name: `it's "quoted" \ $1 ? ; -- /* */`, n: -1},
		{id: "unicode", name: "Größe 東京 👩‍👩‍👧 e\u0301 \u202e\uffff", data: []byte("\x00")},
		{id: "space", name: " \t\r\n ", data: bytes.Repeat([]byte{0xff}, 1<<20)},
		{id: "long", name: strings.Repeat("ü", 1<<19)},
	} {
		d.exec(1, "INSERT INTO things (id, name, n, flag, data) VALUES ($1, $2, $3, $4, $5)",
			want.id, want.name, want.n, want.flag, want.data)
		var got thing
		d.must(d.view(func(tx engine.Tx) error {
			return tx.Query("SELECT id, name, n, flag, data FROM things WHERE id = $1", []any{want.id}, got.scan)
		}))
		if !got.equal(want) {
			d.Errorf("%q came back as %.200v", want.id, got)
		}
	}
}

func valuesOfExpressions(d *db) {
	d.add("a", "b")
	d.exec(2, "UPDATE things SET n = $1, flag = $2", 7, true)
	for query, want := range map[string]int64{
		"SELECT count(*) FROM things":                              2,
		"SELECT count(*) FROM things WHERE flag":                   2,
		"SELECT count(*) FROM things WHERE flag = FALSE":           0,
		"SELECT CAST(sum(n) AS BIGINT) FROM things":                14,
		"SELECT max(n) FROM things":                                7,
		"SELECT COALESCE(max(n), 0) FROM things WHERE id = 'none'": 0,
	} {
		if got := d.integer(query); got != want {
			d.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	var yes, no bool
	d.must(d.view(func(tx engine.Tx) error {
		return tx.Query("SELECT EXISTS (SELECT 1 FROM things), EXISTS (SELECT 1 FROM parts)", nil,
			func(r engine.Row) error { return r.Scan(&yes, &no) })
	}))
	if !yes || no {
		d.Errorf("EXISTS: %t, %t, want true, false", yes, no)
	}
}

func execAffectedRows(d *db) {
	d.exec(3, "INSERT INTO things (id) VALUES ($1), ($2), ($3)", "a", "b", "c")
	d.exec(0, "CREATE TABLE others (id BIGINT NOT NULL)")
	d.exec(2, "UPDATE things SET n = 1 WHERE id > $1", "a")
	d.exec(2, "UPDATE things SET n = 1 WHERE n = $1", 1)
	d.exec(0, "UPDATE things SET n = 2 WHERE id = $1", "none")
	d.exec(3, "SELECT id FROM things")
	d.exec(1, "DELETE FROM things WHERE id = $1 RETURNING id", "b")
	d.exec(2, "DELETE FROM things")
	d.exec(0, "DELETE FROM things")
}

func execOnConflict(d *db) {
	const nothing = "INSERT INTO things (id, n) VALUES ($1, $2) ON CONFLICT DO NOTHING"
	d.exec(1, nothing, "a", 1)
	d.exec(0, nothing, "a", 2)
	const replace = "INSERT INTO things (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = excluded.n"
	d.exec(1, replace, "a", 3)
	d.exec(1, replace, "b", 4)
	if n := d.integer("SELECT n FROM things WHERE id = $1", "a"); n != 3 {
		d.Errorf("n is %d, want 3", n)
	}
}

func execCommonTableExpression(d *db) {
	d.add("a", "b", "c")
	d.exec(2, "WITH late AS (SELECT id FROM things WHERE id > $1) UPDATE things SET n = $2 WHERE id IN (SELECT id FROM late)", "a", 5)
	d.exec(2, "WITH late AS (SELECT id FROM things WHERE n = $1) INSERT INTO parts (id, thing) SELECT id, id FROM late", 5)
	got := d.strings("WITH late AS (SELECT thing FROM parts) SELECT id FROM things WHERE id NOT IN (SELECT thing FROM late)")
	if !slices.Equal(got, []string{"a"}) {
		d.Errorf("got %q, want a", got)
	}
}

func execExists(d *db) {
	d.exec(1, "INSERT INTO things (id, label) VALUES ($1, $2)", "a", "x")
	for _, key := range [][2]string{{"a", "y"}, {"b", "x"}} {
		_, err := d.tryExec("INSERT INTO things (id, label) VALUES ($1, $2)", key[0], key[1])
		d.wantError(err, engine.ErrExists)
	}
	d.add("c")
	_, err := d.tryExec("UPDATE things SET label = $1 WHERE id = $2", "x", "c")
	d.wantError(err, engine.ErrExists)
	d.wantThings(2)
}

func execReferenced(d *db) {
	d.add("a")
	d.exec(1, "INSERT INTO parts (id, thing) VALUES ($1, $2)", "p", "a")
	_, err := d.tryExec("DELETE FROM things WHERE id = $1", "a")
	d.wantError(err, engine.ErrReferenced)
	_, err = d.tryExec("INSERT INTO parts (id, thing) VALUES ($1, $2)", "q", "none")
	d.wantError(err, engine.ErrReferenced)
	d.exec(1, "DELETE FROM parts")
	d.exec(1, "DELETE FROM things")
}

func queryReturning(d *db) {
	for _, want := range [][]string{{"a"}, nil} {
		d.must(d.update(func(tx engine.Tx) error {
			got, err := column(tx, "INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id", "a")
			if !slices.Equal(got, want) {
				d.Errorf("inserting returned %q, want %q", got, want)
			}
			return err
		}))
	}
	d.add("b")
	d.must(d.update(func(tx engine.Tx) error {
		got, err := column(tx, "DELETE FROM things WHERE id >= $1 RETURNING id", "a")
		if slices.Sort(got); !slices.Equal(got, []string{"a", "b"}) {
			d.Errorf("deleting returned %q, want a and b", got)
		}
		return err
	}))
	d.wantThings(0)
}

func queryRepeatedPlaceholder(d *db) {
	d.exec(1, "INSERT INTO things (id, name, n) VALUES ($1, $1, $2)", "a", 1)
	d.exec(1, "INSERT INTO things (id, name, n) VALUES ($1, $2, $3)", "b", "c", 1)
	got := d.strings("SELECT id FROM things WHERE (id = $1 OR name = $2) AND n = $3 AND (id <> $2 OR id = $1) ORDER BY id", "a", "c", 1)
	if !slices.Equal(got, []string{"a", "b"}) {
		d.Errorf("got %q, want a and b", got)
	}
}

func queryLockingClauses(d *db) {
	d.add("a")
	for _, clause := range []string{
		"FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE",
		"FOR UPDATE NOWAIT", "FOR UPDATE SKIP LOCKED", "for share skip locked",
		"FOR UPDATE OF things", "\n\tFOR  UPDATE\n\tSKIP  LOCKED\n",
	} {
		d.must(d.update(func(tx engine.Tx) error {
			got, err := column(tx, "SELECT id FROM things WHERE id = $1 "+clause, "a")
			if !slices.Equal(got, []string{"a"}) {
				d.Errorf("%s: got %q, want a", clause, got)
			}
			return err
		}))
	}
	d.exec(1, "UPDATE things SET n = 1 WHERE id IN (SELECT id FROM things ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)")
}

func queryByteOrder(d *db) {
	want := []string{"", " ", "-", "1", "10", "2", "A", "B", "Z", "Zz", "_", "a", "a b", "ab", "b", "z", "~", "Ä", "é", "ü", "東", "👩"}
	if !slices.IsSorted(want) {
		d.Fatal("the test is wrong")
	}
	mixed := slices.Clone(want)
	slices.SortFunc(mixed, func(a, b string) int { return strings.Compare(strings.ToLower(a)+a, strings.ToLower(b)+b) })
	d.add(mixed...)
	if got := d.strings("SELECT id FROM things ORDER BY id"); !slices.Equal(got, want) {
		d.Errorf("order is %q, want %q", got, want)
	}
	for i, id := range want {
		got := d.strings("SELECT id FROM things WHERE id > $1 ORDER BY id LIMIT $2", id, len(want))
		if !slices.Equal(got, want[i+1:]) {
			d.Errorf("after %q come %q, want %q", id, got, want[i+1:])
		}
	}
}

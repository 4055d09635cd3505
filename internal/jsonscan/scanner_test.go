package jsonscan

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// parse reads a document of any form into the values that encoding/json would
// make of it, numbers as they are written.
func parse(doc string) (any, error) {
	s := New([]byte(doc))
	v := tree(s)
	return v, s.Finish()
}

func tree(s *Scanner) any {
	switch c := s.peek(); {
	case c == '{':
		return object(s)
	case c == '[':
		return list(s)
	case c == '"':
		v, _ := s.String()
		return v
	case c == 't' || c == 'f':
		v, _ := s.Bool()
		return v
	case c == 'n':
		s.null()
		return nil
	}
	start := s.pos
	s.skip()
	return json.Number(s.data[start:s.pos])
}

func object(s *Scanner) map[string]any {
	members := map[string]any{}
	s.Object(func(name []byte) bool {
		members[string(name)] = tree(s)
		return true
	})
	return members
}

func list(s *Scanner) []any {
	elements := []any{}
	s.Array(func() { elements = append(elements, tree(s)) })
	return elements
}

// skipped reads a document without looking at its values.
func skipped(doc string) error {
	s := New([]byte(doc))
	s.skip()
	return s.Finish()
}

// oracle is what encoding/json makes of a document, less the members that are
// null: to us these are absent.
func oracle(doc string) (any, error) {
	if !json.Valid([]byte(doc)) {
		return nil, errors.New("not JSON")
	}
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return dropNulls(v), err
}

func dropNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
			}
			dropNulls(member)
		}
	case []any:
		for _, element := range v {
			dropNulls(element)
		}
	}
	return v
}

func TestScanner_accepts(t *testing.T) {
	for _, doc := range []string{
		`{}`, `[]`, `""`, `0`, `true`, `false`, `null`,
		" \t\r\n{ \"a\" : [ 1 , true , null ] , \"b\" : { } }\n",
		`{"":1," ":2,"a":{"a":{"a":1}}}`,
		`{"a":null,"b":[null,{"c":null}]}`,
		`[-0,0,1,-1,10,1.5,0.5,1e1,1E+1,1e-1,-12.25e+3,123456789012345678901234567890]`,
		`"\"\\\/\b\f\n\r\t\u0001\u00e9\u20ac\uD83D\uDE00\ud83d\ude00\ufffd\uFFFF\u2028"`,
		"\"é€😀\u2028\ufffd\x7f\"",
		`{"a":1,"A":2,"\u0062":3,"é":4}`,
		`{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":10}`,
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
		strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth),
		"[" + strings.Repeat(strings.Repeat("[", MaxDepth-1)+strings.Repeat("]", MaxDepth-1)+",", 3) + "1]",
	} {
		got, err := parse(doc)
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if want, _ := oracle(doc); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, want %#v", doc, got, want)
		}
		if err := skipped(doc); err != nil {
			t.Errorf("%s: skipping: %v", doc, err)
		}
	}
}

// eight members fit the short list of names; one more makes it a map.
const eight = `"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8`

func TestScanner_refuses(t *testing.T) {
	const (
		encoding  = "invalid UTF-8 in a string"
		surrogate = `invalid \u escape in a string`
		control   = "control character in a string"
		trailing  = "unexpected text after the document"
		number    = "malformed number"
		noValue   = "expected a value"
		escape    = "unknown escape in a string"
		comma     = "expected a comma or the end of the list or object"
		name      = "expected a member name"
		endless   = "string without end"
	)
	for _, test := range []struct{ doc, reason string }{
		{"\"\xff\"", encoding},
		{"\"\xc3\"", encoding},
		{"\"\xc3\\u0061\"", encoding},
		{"\"\\n\xa9\"", encoding},
		{"\"\xc0\x80\"", encoding},
		{"\"\xed\xa0\x80\"", encoding}, // a surrogate, encoded
		{"\"\xf4\x90\x80\x80\"", encoding},
		{"{\"\xff\":1}", encoding},

		{`"\u12"`, surrogate},
		{`"\u12g4"`, surrogate},
		{`"\u"`, surrogate},
		{`"\ud83d\ude0"`, surrogate},

		{"\"\x00\"", control},
		{"\x00", "NUL byte"},
		{"{}\x00", "NUL byte"},
		{"[1\x00]", "NUL byte"},
		{"{\"a\"\x00:1}", "NUL byte"},

		{"\"\x01\"", control},
		{"\"\n\"", control},
		{"\"\x1f\"", control},
		{"\"\\t\t\"", control},
		{"{\"a\tb\":1}", control},

		{`{} {}`, trailing},
		{`{}x`, trailing},
		{`{}}`, trailing},
		{`1 2`, trailing},
		{`01`, trailing},
		{`1x`, trailing},
		{`truefalse`, trailing},
		{`{},`, trailing},
		{`{}/* */`, trailing},

		{`-`, number},
		{`-x`, number},
		{`1.`, number},
		{`1.e1`, number},
		{`1e`, number},
		{`1e+`, number},
		{`1E-x`, number},
		{`.5`, noValue},
		{`+1`, noValue},
		{`NaN`, noValue},
		{`Infinity`, noValue},
		{`[01]`, comma},
		{`[0x1]`, comma},
		{`[1_000]`, comma},

		{`tru`, "unknown word"},
		{`TRUE`, noValue},
		{`fals`, "unknown word"},
		{`nul`, "unknown word"},
		{`None`, noValue},
		{`{"a":nil}`, "unknown word"},
		{`[trueish]`, comma},

		{`"\x"`, escape},
		{`"\'"`, escape},
		{`"\U0041"`, escape},
		{"\"\\\x00\"", escape},
		{"\"\\\xff\"", escape},

		{``, noValue},
		{" \n", noValue},
		{"\ufeff{}", noValue},
		{`]`, noValue},
		{`{`, name},
		{`{1:2}`, name},
		{`{a:1}`, name},
		{`{'a':1}`, name},
		{`{null:1}`, name},
		{`{"a":1,}`, name},
		{`{,}`, name},
		{`{"a"}`, "expected a colon"},
		{`{"a",1}`, "expected a colon"},
		{`{"a"=1}`, "expected a colon"},
		{`{"a":}`, noValue},
		{`{"a":1 "b":2}`, comma},
		{`{"a":1]`, comma},
		{`[1}`, comma},
		{`[1 2]`, comma},
		{`[1;2]`, comma},
		{`[1,]`, noValue},
		{`[,1]`, noValue},
		{`["a`, endless},
		{`"`, endless},
		{`"\n`, endless},
		{`"\`, endless},
	} {
		_, err := parse(test.doc)
		if got := reason(err); got != test.reason {
			t.Errorf("%.60q: got %q, want %q", test.doc, got, test.reason)
		}
		if skip := skipped(test.doc); !reflect.DeepEqual(skip, err) {
			t.Errorf("%.60q: reading gives %v, skipping %v", test.doc, err, skip)
		}
	}
}

// reason returns what a syntax error says, less the offset.
func reason(err error) string {
	var e *Error
	if !errors.As(err, &e) || e.Want != "" || e.Path != "" || e.Rule != "" {
		return fmt.Sprintf("not a syntax error: %v", err)
	}
	return e.Got
}

func TestScanner_truncated(t *testing.T) {
	const doc = `{"a":[1,-2.5e+3,"x\n\ud83d\ude00é"],"b":{"c":null,"d":true},"e":false,"f":[{},[]]}`
	if _, err := parse(doc); err != nil {
		t.Fatal(err)
	}
	for n := range len(doc) {
		if _, err := parse(doc[:n]); err == nil {
			t.Errorf("accepted %s", doc[:n])
		}
	}
}

// request is the form of a typical request of the API.
type request struct {
	Name  string
	Limit int
	Items []item
}

type item struct {
	UserID string
	Active bool
	Tags   []string
}

func readRequest(doc string) (request, error) {
	var r request
	s := New([]byte(doc))
	s.Object(func(name []byte) bool {
		switch string(name) {
		case "Name":
			s.In("Name", func() { r.Name, _ = s.String() })
		case "Limit":
			s.In("Limit", func() { r.Limit, _ = s.Int() })
		case "Items":
			s.In("Items", func() { s.Array(func() { r.Items = append(r.Items, readItem(s)) }) })
		default:
			return false
		}
		return true
	})
	return r, s.Finish()
}

func readItem(s *Scanner) item {
	var i item
	s.Object(func(name []byte) bool {
		switch string(name) {
		case "UserId":
			s.In("UserId", func() { i.UserID, _ = s.String() })
		case "Active":
			s.In("Active", func() { i.Active, _ = s.Bool() })
		case "Tags":
			s.In("Tags", func() { s.Array(func() { tag, _ := s.String(); i.Tags = append(i.Tags, tag) }) })
		default:
			return false
		}
		return true
	})
	return i
}

func TestScanner_request(t *testing.T) {
	for _, test := range []struct {
		doc  string
		want request
	}{
		{`{}`, request{}},
		{`{"Name":null,"Limit":null,"Items":null}`, request{}},
		{`{"name":"x","NAME":"y"}`, request{}},
		{`{"Other":{"Name":"x"},"More":[{"Limit":1}],"Name":"é"}`, request{Name: "é"}},
		{`{"Limit":-0}`, request{}},
		{`{"Limit":2147483647}`, request{Limit: 2147483647}},
		{`{"N\u0061me":"\u0041"}`, request{Name: "A"}},
		{
			`{"Items":[{"UserId":"a","Active":true,"Tags":["x","y"]},{"UserId":null,"Tags":null,"Active":false}]}`,
			request{Items: []item{{"a", true, []string{"x", "y"}}, {}}},
		},
	} {
		got, err := readRequest(test.doc)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.doc, got, err, test.want)
		}
	}
}

func TestScanner_wrongTypes(t *testing.T) {
	for _, test := range []struct{ doc, want string }{
		{`[]`, "the document must be an object, not a list"},
		{`"x"`, "the document must be an object, not a string"},
		{`null`, "the document must be an object, not null"},
		{`{"Name":1}`, "Name must be a string, not a number"},
		{`{"Name":true}`, "Name must be a string, not a boolean"},
		{`{"Name":[]}`, "Name must be a string, not a list"},
		{`{"Limit":"1"}`, "Limit must be an integer, not a string"},
		{`{"Limit":1.0}`, "Limit must be an integer, not a number with a fraction or an exponent"},
		{`{"Limit":1e2}`, "Limit must be an integer, not a number with a fraction or an exponent"},
		{`{"Limit":1E2}`, "Limit must be an integer, not a number with a fraction or an exponent"},
		{`{"Limit":9223372036854775808}`, "Limit must be an integer, not a number of more than 64 bits"},
		{`{"Items":{}}`, "Items must be a list, not an object"},
		{`{"Items":[null]}`, "Items[0] must be an object, not null"},
		{`{"Items":[{},[]]}`, "Items[1] must be an object, not a list"},
		{`{"Items":[{},{},{"UserId":7}]}`, "Items[2].UserId must be a string, not a number"},
		{`{"Items":[{"Active":"true"}]}`, "Items[0].Active must be a boolean, not a string"},
		{`{"Items":[{},{"Tags":["a","b",null]}]}`, "Items[1].Tags[2] must be a string, not null"},
		{`{"Other":[[{"x":[]}]],"Items":[{"Other":[1,2]},{"Active":-1}]}`, "Items[1].Active must be a boolean, not a number"},
		{`{"Name":tru}`, "Name must be a string, not a boolean"},
		{`{"Name":}`, "invalid JSON at byte 8: expected a value"},
		{`{"Items":[{"UserId":"\u12"}]}`, `invalid JSON at byte 21: invalid \u escape in a string`},
	} {
		_, err := readRequest(test.doc)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.doc, err, test.want)
		}
	}
}

func TestScanner_firstErrorStays(t *testing.T) {
	s := New([]byte(`{"a":1}`))
	s.String()
	s.Int()
	s.Bool()
	s.Array(func() { t.Error("an element after an error") })
	s.Object(func([]byte) bool { t.Error("a member after an error"); return false })
	const want = "the document must be a string, not an object"
	if err := s.Finish(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

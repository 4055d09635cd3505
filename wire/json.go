package wire

import (
	"mime"
	"net/http"
	"reflect"
	"strings"

	"carillon/api"
	"carillon/internal/jsonscan"
)

const (
	json11 = "application/x-amz-json-1.1"
	// headerTarget is X-Amz-Target as net/http spells it.
	headerTarget = "X-Amz-Target"
)

var json11Type = []string{json11}

// JSONDoor is the Door of a service that speaks AWS JSON 1.1: a header that names
// the operation, and JSON.
type JSONDoor struct {
	service
	longPrefix string // botocore has it before the target
}

// NewJSON returns a door to the operations of a service.
func NewJSON(service *api.Service, ops []api.Op) *JSONDoor {
	version := strings.ReplaceAll(service.Version, "-", "")
	return &JSONDoor{newService(service, ops), "com.amazonaws." + service.Name + ".v" + version + "."}
}

var serialization = api.Kind{Name: "SerializationException", Status: 400}

// Match implements [Door]. All of the input is read.
func (d *JSONDoor) Match(r *http.Request, _ string, body []byte) (m Match, err error) {
	if err := d.checkLine(r, http.MethodPost); err != nil {
		return m, err
	}
	if m.Op, err = d.choose(r.Header); err != nil {
		return m, err
	}
	m.In = m.Op.New()
	m.refusal = readDocument(reflect.ValueOf(m.In).Elem(), body)
	return m, nil
}

// choose finds the operation that a request names.
func (d *JSONDoor) choose(h http.Header) (*api.Op, error) {
	contentType, _, _ := mime.ParseMediaType(first(h["Content-Type"]))
	targets := h[headerTarget]
	name, ours := strings.CutPrefix(strings.TrimPrefix(first(targets), d.longPrefix), d.Target+".")
	switch {
	case contentType != json11:
		return nil, d.Unknown.Errorf("The content type has to be %s", json11)
	case len(targets) > 1:
		return nil, d.Unknown.Errorf("The header %s is sent twice", headerTarget)
	case !ours:
		return nil, d.Unknown.Errorf("The header %s has to name an operation, as in %s.LookupEvents", headerTarget, d.Target)
	}
	return d.find(name)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// readDocument sets the members that a body carries. None at all is an empty object.
func readDocument(v reflect.Value, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	s := jsonscan.New(body)
	readJSON(s, v)
	if err := s.Finish(); err != nil {
		return serialization.Errorf("The body cannot be read: %v", err)
	}
	return nil
}

// readJSON sets the value that the scanner is at. Unknown members are ignored,
// and those that are null are absent.
func readJSON(s *jsonscan.Scanner, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		readObject(s, v)
	case reflect.Slice:
		readArray(s, v)
	case reflect.Bool:
		b, _ := s.Bool()
		v.SetBool(b)
	case reflect.Int:
		n, _ := s.Int()
		v.SetInt(int64(n))
	case reflect.Int64:
		ms, _ := s.Millis()
		v.SetInt(ms)
	default:
		text, _ := s.String()
		v.SetString(text)
	}
}

func readObject(s *jsonscan.Scanner, v reflect.Value) {
	members := membersOf(v.Type())
	s.Object(func(name []byte) bool {
		i := find(members, name)
		if i < 0 {
			return false
		}
		s.In(members[i].name, func() { readJSON(s, members[i].place(v)) })
		return true
	})
}

func readArray(s *jsonscan.Scanner, v reflect.Value) {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	s.Array(func() {
		element := reflect.New(v.Type().Elem()).Elem()
		readJSON(s, element)
		v.Set(reflect.Append(v, element))
	})
}

// WriteOutput implements [Door].
func (d *JSONDoor) WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error {
	body := []byte("{}")
	if out != nil {
		body = appendJSON(body[:0], reflect.ValueOf(out))
	}
	return write(w, op.Status, json11Type, body)
}

// WriteError implements [Door].
func (d *JSONDoor) WriteError(w http.ResponseWriter, err error) *api.Error {
	e := d.Told(err)
	setErrorHeaders(w.Header(), err, e)
	w.Header()[headerErrorType] = []string{e.Kind.Name}
	body := api.AppendText([]byte(`{"__type":`), e.Kind.Name)
	body = api.AppendText(append(body, `,"message":`...), e.Message)
	_ = write(w, e.Kind.Status, json11Type, append(body, '}')) // the client may be gone
	return e
}

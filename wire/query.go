package wire

import (
	"bytes"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"carillon/api"
)

const formType = "application/x-www-form-urlencoded"

var xmlType = []string{"text/xml"}

// QueryDoor is the Door of a service that speaks AWS Query: a form that names
// the operation, and XML.
type QueryDoor struct{ service }

// NewQuery returns a door to the operations of a service.
func NewQuery(service *api.Service, ops []api.Op) *QueryDoor {
	return &QueryDoor{newService(service, ops)}
}

var missingAction = api.Kind{Name: "MissingAction", Code: "MissingAction", Status: 400}

// Match implements [Door]. All of the input is read, since the form has it beside
// the name of the operation.
func (d *QueryDoor) Match(r *http.Request, rawQuery string, body []byte) (m Match, err error) {
	if err := d.checkLine(r, http.MethodGet, http.MethodPost); err != nil {
		return m, err
	}
	form, err := formOf(rawQuery, body)
	if err != nil {
		return m, err
	}
	if m.Op, err = d.choose(form); err != nil {
		return m, err
	}
	m.In = m.Op.New()
	m.refusal = readStruct(reflect.ValueOf(m.In).Elem(), "", form)
	return m, nil
}

// formOf returns the parameters of the query, where a plus is a plus, and of the
// body, where it is a blank.
func formOf(rawQuery string, body []byte) ([]parameter, error) {
	query, err := parseForm(rawQuery, url.PathUnescape)
	if err != nil {
		return nil, err
	}
	form, err := parseForm(string(body), url.QueryUnescape)
	return append(query, form...), err
}

// choose finds the operation that a form names.
func (d *QueryDoor) choose(form []parameter) (*api.Op, error) {
	action, err := single(form, "Action")
	if err != nil {
		return nil, err
	}
	if action == "" {
		return nil, missingAction.Errorf("The request names no operation: a form with the parameters Action and Version is needed")
	}
	version, err := single(form, "Version")
	switch {
	case err != nil:
		return nil, err
	case version == "":
		return nil, d.Unknown.Errorf("Could not find operation %s for no Version; that of %s here is %s", shown(action), d.Name, d.Version)
	case version != d.Version:
		return nil, d.Unknown.Errorf("Could not find operation %s for version %s; that of %s here is %s", shown(action), shown(version), d.Name, d.Version)
	}
	return d.find(action)
}

// single returns the value of a parameter that may be given once.
func single(form []parameter, name string) (value string, err error) {
	given := false
	for _, p := range form {
		switch {
		case p.name != name:
		case given:
			return "", malformedForm.Errorf("The parameter %s is given twice", name)
		default:
			value, given = p.value, true
		}
	}
	return value, nil
}

// WriteOutput implements [Door].
func (d *QueryDoor) WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error {
	var b bytes.Buffer
	b.WriteString("<" + op.Name + `Response xmlns="` + d.Namespace + `">`)
	if out != nil {
		writeElement(&b, op.Name+"Result", reflect.ValueOf(out))
	}
	b.WriteString("<ResponseMetadata>")
	writeText(&b, "RequestId", requestID(w))
	b.WriteString("</ResponseMetadata></" + op.Name + "Response>")
	return write(w, op.Status, xmlType, b.Bytes())
}

// WriteError implements [Door].
func (d *QueryDoor) WriteError(w http.ResponseWriter, err error) *api.Error {
	e := d.Told(err)
	setErrorHeaders(w.Header(), err, e)
	var b bytes.Buffer
	b.WriteString(`<ErrorResponse xmlns="` + d.Namespace + `"><Error>`)
	writeText(&b, "Type", fault(e))
	writeText(&b, "Code", code(e))
	writeText(&b, "Message", e.Message)
	b.WriteString("</Error>")
	writeText(&b, "RequestId", requestID(w))
	b.WriteString("</ErrorResponse>")
	_ = write(w, e.Kind.Status, xmlType, b.Bytes()) // the client may be gone
	return e
}

// fault says whose it is.
func fault(e *api.Error) string {
	if e.Kind.Status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// code is the short name of a refusal. Some shapes of the models have none of
// their own.
func code(e *api.Error) string {
	if c := e.ErrorCode(); c != "" {
		return string(c)
	}
	return strings.TrimSuffix(e.Kind.Name, "Exception")
}

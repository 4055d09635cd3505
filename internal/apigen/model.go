package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Model is what we use of a service model in the api-2.json format.
type Model struct {
	Metadata   Metadata              `json:"metadata"`
	Operations map[string]*Operation `json:"operations"`
	Shapes     map[string]*Shape     `json:"shapes"`
	limits     limits
	hidden     []string
	invalid    map[string]string
}

// Metadata describes the service as a whole.
type Metadata struct {
	APIVersion      string `json:"apiVersion"`
	EndpointPrefix  string `json:"endpointPrefix"`
	Protocol        string `json:"protocol"`
	ServiceFullName string `json:"serviceFullName"`
	TargetPrefix    string `json:"targetPrefix"`
	XMLNamespace    string `json:"xmlNamespace"`
}

// rest tells the model of package api itself from those whose requests have
// nothing but a body.
func (m *Model) rest() bool { return m.Metadata.Protocol == "rest-json" }

// Operation is one entry of the model's operations.
type Operation struct {
	Name string `json:"name"`
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input      *Ref   `json:"input"`
	Output     *Ref   `json:"output"`
	Errors     []*Ref `json:"errors"`
	Deprecated bool   `json:"deprecated"`
	Traits
}

// Traits are ours: what the official model does not say of an operation.
type Traits struct {
	// Audience is the Go name of an api.Audience; empty: Public.
	Audience string `json:"audience"`
	// Service is the Go name of what implements the operation; empty: Chime.
	Service string `json:"service"`
	// Action is the operation's name in policies; empty: chime:Name or carillon:Name.
	Action string `json:"action"`
	// Resource is a template of the ARN that policies match; empty: *.
	Resource string `json:"resource"`
	// Shared operations are given several items that share a transaction.
	Shared bool `json:"shared"`
	// Prepared operations have a step before their transaction.
	Prepared bool `json:"prepared"`
	// Free operations need no permission.
	Free bool `json:"free"`
	// Writes marks operations that change something, whatever their name.
	Writes bool `json:"writes"`
	// Reads marks operations that change nothing, whatever their method.
	Reads bool `json:"reads"`
	// Divided operations are done in parts, each in a transaction of its own.
	Divided bool `json:"divided"`
}

// Ref points to a shape, from a member, a list or an operation.
type Ref struct {
	Shape        string `json:"shape"`
	Location     string `json:"location"`
	LocationName string `json:"locationName"`
	// Box marks members whose null means something: no value, in place of one.
	Box bool `json:"box"`
	// OmitNull is ours: leave the key out where others are null.
	OmitNull bool `json:"omitNull"`
}

// Shape is one entry of the model's shapes.
type Shape struct {
	Name      string
	Type      string          `json:"type"`
	Members   map[string]*Ref `json:"members"`
	Member    *Ref            `json:"member"`
	Required  []string        `json:"required"`
	Enum      []string        `json:"enum"`
	Min       *int            `json:"min"`
	Max       *int            `json:"max"`
	Pattern   string          `json:"pattern"`
	Sensitive bool            `json:"sensitive"`
	Exception bool            `json:"exception"`
	// PerItem is ours: the elements of a list are not checked with the request
	// but one by one by the rules, since each may fail on its own.
	PerItem bool `json:"perItem"`
	Error   struct {
		HTTPStatusCode int    `json:"httpStatusCode"`
		Code           string `json:"code"` // of the body, where it is not the name
	} `json:"error"`
}

// overlay is what we add to an official model, in a file beside this.
type overlay struct {
	Model
	// Serve names the operations that we take of the official model; none: all.
	Serve []string `json:"serve"`
	// Omit names members of shapes that we never answer.
	Omit map[string][]string `json:"omit"`
	// Invalid gives the errors for members whose violations have one of their own.
	Invalid map[string]string `json:"invalid"`
	// Extend adds members to shapes of the official model.
	Extend map[string]map[string]*Ref `json:"extend"`
	// Traits adds to operations of the official model.
	Traits map[string]Traits `json:"traits"`
	// ErrorCodes gives the body's Code of errors whose name does not say it.
	ErrorCodes map[string]string `json:"errorCodes"`
	// ExtendErrors adds errors to those that the model lists for an operation.
	ExtendErrors map[string][]*Ref `json:"extendErrors"`
	// Hidden names members that are treated as sensitive in whatever shape,
	// beside those that the model marks.
	Hidden []string `json:"hidden"`
	// Limits bounds what requests may hold, where the model does not.
	Limits limits `json:"limits"`
}

const sdkModule = "github.com/aws/aws-sdk-go"

// load reads an official model out of the module cache and our overlay.
func load(service, overlayPath string) (*Model, error) {
	dir, err := moduleDir(sdkModule)
	if err != nil {
		return nil, err
	}
	var m Model
	if err := readJSON(filepath.Join(dir, "models", "apis", service, "api-2.json"), &m); err != nil {
		return nil, err
	}
	var o overlay
	if err := readJSON(overlayPath, &o); err != nil {
		return nil, err
	}
	return &m, m.apply(&o)
}

func moduleDir(module string) (string, error) {
	if out, err := exec.Command("go", "mod", "download", module).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go mod download %s: %w: %s", module, err, out)
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	return strings.TrimSpace(string(out)), err
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// apply merges the overlay. A name that both have is an error, so that a newer
// official model cannot silently change ours.
func (m *Model) apply(o *overlay) error {
	if err := m.reduce(o); err != nil {
		return err
	}
	for name, op := range o.Operations {
		if m.Operations[name] != nil {
			return fmt.Errorf("operation %s is in the official model", name)
		}
		m.Operations[name] = op
	}
	for name, s := range o.Shapes {
		if m.Shapes[name] != nil {
			return fmt.Errorf("shape %s is in the official model", name)
		}
		m.Shapes[name] = s
	}
	for name, members := range o.Extend {
		if err := m.extend(name, members); err != nil {
			return err
		}
	}
	for name, code := range o.ErrorCodes {
		if m.Shapes[name] == nil {
			return fmt.Errorf("no error %s to give a code", name)
		}
		m.Shapes[name].Error.Code = code
	}
	if err := m.describe(o); err != nil {
		return err
	}
	m.limits, m.hidden, m.invalid = o.Limits, o.Hidden, o.Invalid
	return m.resolve()
}

// describe adds to operations of the official model.
func (m *Model) describe(o *overlay) error {
	for name, t := range o.Traits {
		if m.Operations[name] == nil {
			return fmt.Errorf("no operation %s to give traits", name)
		}
		m.Operations[name].Traits = t
	}
	for name, errors := range o.ExtendErrors {
		if m.Operations[name] == nil {
			return fmt.Errorf("no operation %s to give errors", name)
		}
		m.Operations[name].Errors = append(m.Operations[name].Errors, errors...)
	}
	return nil
}

// reduce takes out of the official model what we do not serve.
func (m *Model) reduce(o *overlay) error {
	for _, name := range o.Serve {
		if m.Operations[name] == nil {
			return fmt.Errorf("no operation %s to serve", name)
		}
	}
	if o.Serve != nil {
		maps.DeleteFunc(m.Operations, func(name string, _ *Operation) bool { return !slices.Contains(o.Serve, name) })
	}
	for shape, members := range o.Omit {
		for _, member := range members {
			if m.Shapes[shape] == nil || m.Shapes[shape].Members[member] == nil {
				return fmt.Errorf("no member %s.%s to omit", shape, member)
			}
			delete(m.Shapes[shape].Members, member)
		}
	}
	return nil
}

func (m *Model) extend(shape string, members map[string]*Ref) error {
	s := m.Shapes[shape]
	if s == nil {
		return fmt.Errorf("no shape %s to extend", shape)
	}
	for name, ref := range members {
		if old := s.Members[name]; old != nil && !(ref.OmitNull && ref.Shape == old.Shape) {
			return fmt.Errorf("%s.%s is in the official model", shape, name)
		}
		s.Members[name] = ref
	}
	return nil
}

// resolve checks references and fills in names.
func (m *Model) resolve() error {
	for name, s := range m.Shapes {
		s.Name = name
		for member, ref := range s.Members {
			if err := m.check(name+"."+member, ref); err != nil {
				return err
			}
		}
		if err := m.check(name, s.Member); err != nil {
			return err
		}
	}
	for name, op := range m.Operations {
		op.Name = name
		if err := m.check(name, append([]*Ref{op.Input, op.Output}, op.Errors...)...); err != nil {
			return err
		}
	}
	return nil
}

// check returns an error unless all references, nil or not, lead to shapes.
func (m *Model) check(name string, refs ...*Ref) error {
	for _, ref := range refs {
		if ref != nil && m.Shapes[ref.Shape] == nil {
			return fmt.Errorf("%s: no shape %s", name, ref.Shape)
		}
	}
	return nil
}

// live returns the operations that Carillon serves, removed those that it
// refuses by name; both sorted.
func (m *Model) live() (live, removed []*Operation) {
	for _, op := range m.Operations {
		if op.Deprecated {
			removed = append(removed, op)
		} else {
			live = append(live, op)
		}
	}
	byName := func(a, b *Operation) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(live, byName)
	slices.SortFunc(removed, byName)
	return live, removed
}

// status returns the HTTP status of a success.
func (op *Operation) status() int {
	if op.HTTP.ResponseCode == 0 {
		return 200
	}
	return op.HTTP.ResponseCode
}

// route splits the URI into the path and the query parameter that belongs to
// the operation's identity.
func (op *Operation) route() (path, name, value string) {
	path, query, _ := strings.Cut(op.HTTP.RequestURI, "?")
	name, value, _ = strings.Cut(query, "=")
	return path, name, value
}

// labels returns the wire names of the path members, in order.
func (op *Operation) labels() []string {
	var names []string
	path, _, _ := op.route()
	for _, segment := range strings.Split(path, "/") {
		if strings.HasPrefix(segment, "{") {
			names = append(names, strings.Trim(segment, "{}"))
		}
	}
	return names
}

// members returns the names of the members, sorted: the order of the wire.
func (s *Shape) members() []string {
	names := make([]string, 0, len(s.Members))
	for name := range s.Members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Shape) requires(member string) bool { return slices.Contains(s.Required, member) }

package main

import (
	"strings"
	"testing"
)

// official returns a small model like the official one.
func official() *Model {
	return &Model{
		Operations: map[string]*Operation{"GetUser": {Input: &Ref{Shape: "GetUserRequest"}}},
		Shapes: map[string]*Shape{
			"String":            {Type: "string"},
			"GetUserRequest":    {Type: "structure", Members: map[string]*Ref{"UserId": {Shape: "String"}}},
			"Page":              {Type: "structure", Members: map[string]*Ref{"NextToken": {Shape: "String"}}},
			"NotFoundException": {Type: "structure", Exception: true},
		},
	}
}

func TestApply_refuses(t *testing.T) {
	for _, test := range []struct {
		name, want string
		overlay    overlay
	}{
		{
			"operation of the model", "operation GetUser is in the official model",
			overlay{Model: Model{Operations: map[string]*Operation{"GetUser": {}}}},
		},
		{
			"shape of the model", "shape String is in the official model",
			overlay{Model: Model{Shapes: map[string]*Shape{"String": {Type: "string"}}}},
		},
		{
			"member of the model", "GetUserRequest.UserId is in the official model",
			overlay{Extend: map[string]map[string]*Ref{"GetUserRequest": {"UserId": {Shape: "String"}}}},
		},
		{
			"member of the model with another shape", "Page.NextToken is in the official model",
			overlay{Extend: map[string]map[string]*Ref{"Page": {"NextToken": {Shape: "Page", OmitNull: true}}}},
		},
		{
			"extends no shape", "no shape Group to extend",
			overlay{Extend: map[string]map[string]*Ref{"Group": {"Name": {Shape: "String"}}}},
		},
		{
			"code of no error", "no error GoneException to give a code",
			overlay{ErrorCodes: map[string]string{"GoneException": "Gone"}},
		},
		{
			"error of no operation", "no operation Resize to give errors",
			overlay{ExtendErrors: map[string][]*Ref{"Resize": {{Shape: "NotFoundException"}}}},
		},
		{
			"serves no operation", "no operation Resize to serve",
			overlay{Serve: []string{"GetUser", "Resize"}},
		},
		{
			"omits no member", "no member Page.Size to omit",
			overlay{Omit: map[string][]string{"Page": {"Size"}}},
		},
		{
			"member of no shape", "Page.Size: no shape Size",
			overlay{Extend: map[string]map[string]*Ref{"Page": {"Size": {Shape: "Size"}}}},
		},
		{
			"list of no shape", "Sizes: no shape Size",
			overlay{Model: Model{Shapes: map[string]*Shape{"Sizes": {Type: "list", Member: &Ref{Shape: "Size"}}}}},
		},
		{
			"operation with no input", "Resize: no shape Size",
			overlay{Model: Model{Operations: map[string]*Operation{"Resize": {Input: &Ref{Shape: "Size"}}}}},
		},
		{
			"operation with no error", "Resize: no shape TooBig",
			overlay{Model: Model{Operations: map[string]*Operation{"Resize": {Errors: []*Ref{{Shape: "TooBig"}}}}}},
		},
	} {
		if err := official().apply(&test.overlay); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestApply_adds(t *testing.T) {
	m := official()
	err := m.apply(&overlay{
		Model: Model{
			Operations: map[string]*Operation{"AddDomain": {Input: &Ref{Shape: "AddDomainRequest"}}},
			Shapes:     map[string]*Shape{"AddDomainRequest": {Type: "structure"}},
		},
		Extend: map[string]map[string]*Ref{
			"GetUserRequest": {"Locale": {Shape: "String"}},
			"Page":           {"NextToken": {Shape: "String", OmitNull: true}}, // says more of a member of the model
		},
		ErrorCodes:   map[string]string{"NotFoundException": "Missing"},
		ExtendErrors: map[string][]*Ref{"GetUser": {{Shape: "NotFoundException"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Shapes["GetUserRequest"].members(), " "); got != "Locale UserId" {
		t.Errorf("members are %s", got)
	}
	if !m.Shapes["Page"].Members["NextToken"].OmitNull {
		t.Error("NextToken is not left out when null")
	}
	if got := errorCode(m.Shapes["NotFoundException"]); got != "Missing" {
		t.Errorf("the code is %s", got)
	}
	if got := m.Operations["GetUser"].Errors; len(got) != 1 || got[0].Shape != "NotFoundException" {
		t.Errorf("the errors are %v", got)
	}
	if m.Operations["AddDomain"].Name != "AddDomain" || m.Shapes["Page"].Name != "Page" {
		t.Error("names are not filled in")
	}
}

// What is not served goes, and so does what is omitted.
func TestApply_reduces(t *testing.T) {
	m := official()
	m.Operations["DeleteUser"] = &Operation{}
	if err := m.apply(&overlay{Serve: []string{"GetUser"}, Omit: map[string][]string{"Page": {"NextToken"}}}); err != nil {
		t.Fatal(err)
	}
	if live, removed := m.live(); len(live) != 1 || live[0].Name != "GetUser" || len(removed) != 0 {
		t.Errorf("serves %v and %v", live, removed)
	}
	if got := m.Shapes["Page"].members(); len(got) != 0 {
		t.Errorf("members are %v", got)
	}
}

func TestOperation_route(t *testing.T) {
	var op Operation
	op.HTTP.RequestURI = "/accounts/{accountId}/users/{userId}?operation=logout"
	path, name, value := op.route()
	if path != "/accounts/{accountId}/users/{userId}" || name != "operation" || value != "logout" {
		t.Errorf("got %s, %s, %s", path, name, value)
	}
	if got := strings.Join(op.labels(), " "); got != "accountId userId" {
		t.Errorf("labels are %s", got)
	}
	if op.status() != 200 {
		t.Errorf("status is %d", op.status())
	}
}

package schema

import (
	"errors"
	"reflect"
	"testing"
)

// Users get what was sent in the form of the schema; R: what that is.
func TestNormal(t *testing.T) {
	for sent, want := range map[string]string{
		`{"emails":[{"value":"","type":"work","primary":true},{"value":"a"}],"addresses":[{"type":"work"}]}`:   `{"emails":[{"value":"a"}]}`,
		`{"emails":[{"value":"a","primary":true},{"value":"b"},{"value":"c","primary":"True"}]}`:               `{"emails":[{"value":"a","primary":true},{"value":"b"},{"value":"c","primary":false}]}`,
		`{"emails":"a","roles":["x"],"phoneNumbers":{"value":1}}`:                                              `{"emails":[{"value":"a"}],"roles":[{"value":"x"}],"phoneNumbers":[{"value":"1"}]}`,
		`{"active":{"$ref":null,"value":"False"},"title":[{"Value":"x"}],"nickName":{"$ref":"x","value":"y"}}`: `{"active":false,"title":"x","nickName":"y"}`,
		`{"emails":null,"name":null,"active":null,"externalId":["a"]}`:                                         `{"externalId":"a"}`,
	} {
		s, _ := Object(sent)
		w, _ := Object(want)
		if got, err := Users.Normal(s); err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %v, %v, want %s", sent, got, err, want)
		}
	}
}

func TestNormal_refused(t *testing.T) {
	for sent, of := range map[string]*Type{
		`{"title":{"value":"x","type":"y"}}`:                       Users,
		`{"title":{"value":null}}`:                                 Users,
		`{"active":1}`:                                             Users,
		`{"members":[{"$ref":"https://x.example/Users/1"}]}`:       Groups,
		`{"members":[{"value":"a"},{"value":"","display":"Ann"}]}`: Groups,
	} {
		s, _ := Object(sent)
		var e *Error
		if got, err := of.Normal(s); !errors.As(err, &e) || e.Type != "invalidValue" {
			t.Errorf("%s: %v, %v", sent, got, err)
		}
	}
}

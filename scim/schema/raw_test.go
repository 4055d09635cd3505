package schema

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// What is put together of written values is what encoding/json makes of the object.
func TestRaw(t *testing.T) {
	r := ParseRaw(`{ "userName" : "a\"}b\\" , "emails":[ {"value":"x, ]"} , [] ],"active":true ,"n":-1.5e3,"none":null,"":{}, "x":{"a":[{"b":"}"}]}}`)
	for name, want := range map[string]string{
		"userName": `"a\"}b\\"`, "emails": `[ {"value":"x, ]"} , [] ]`, "active": "true", "n": "-1.5e3", "none": "", "missing": "", "": "{}", "x": `{"a":[{"b":"}"}]}`,
	} {
		if got := r.Get(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
	if got := r.Read(map[string]bool{"active": true, "none": true, "missing": true}); !reflect.DeepEqual(got, map[string]any{"active": true, "none": nil}) {
		t.Error(got)
	}
	r = ParseRaw(`{"b":1,"c":[]}`)
	r.Set("c", "2")
	r.Set("a", Quote("<é>"))
	if got := string(r.Append([]byte("x"))); got != `x{"a":"\u003cé\u003e","b":1,"c":2}` {
		t.Error(got)
	}
	if got := string(Raw(nil).Append(nil)); got != "{}" {
		t.Error(got)
	}
}

func TestQuote(t *testing.T) {
	for _, text := range []string{"", "plain text", "é", "\u2028", "\x00\x1f\x7f", `"\/`, "<>&'", "\xff"} {
		want, _ := json.Marshal(text)
		if got := Quote(text); got != string(want) {
			t.Errorf("%q is written as %s, want %s", text, got, want)
		}
		if got := Unquote(string(want)); got != strings.ToValidUTF8(text, "\ufffd") {
			t.Errorf("%s is read as %q", want, got)
		}
	}
}

// FuzzRaw takes apart what encoding/json has written, down to the last value, and puts
// it together again; what is no JSON may become anything, without harm.
func FuzzRaw(f *testing.F) {
	for _, text := range []string{`{"a":{"b":[1,"x]",{"c":null}]},"d":"\\"}`, "[[[]]]", "{", `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`, "[1", `[,]`, `{"a":1,}`, "[}", `["\`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rebuilt(text)
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		written, _ := json.Marshal(v)
		var got any
		if err := json.Unmarshal([]byte(rebuilt(string(written))), &got); err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%s becomes %v, %v", written, got, err)
		}
	})
}

// rebuilt takes a value apart and puts it together.
func rebuilt(text string) string {
	if text == "" || text[0] != '{' && text[0] != '[' {
		return text
	}
	if text[0] == '{' {
		var r Raw
		for name, value := range Members(text) {
			r = append(r, Member{name, rebuilt(value)})
		}
		return string(r.Append(nil))
	}
	list := ""
	for value := range Elements(text) {
		list += "," + rebuilt(value)
	}
	return "[" + list[min(1, len(list)):] + "]"
}

// What is left out before a resource is read is what would be left out then.
func TestNarrow(t *testing.T) {
	const whole = `{"id":"u","schemas":["s"],"userName":"a","emails":[{"value":"v","type":"work"}],"name":{"givenName":"g","familyName":"f"},"` + Enterprise + `":{"department":"d","manager":{"value":"m"}}}`
	read := func(r Raw) (v map[string]any) {
		if err := json.Unmarshal(r.Append(nil), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, list := range []string{
		"", " ", "userName", "USERNAME, emails.value", "emails,emails.value", "emails.value,emails", "name.givenName,name.familyName", "id,schemas", "unknown", "emails[type eq \"a,b\"].value",
		Enterprise, Enterprise + ":department", Enterprise + "," + Enterprise + ":department", Enterprise + ":manager.value,userName", "urn:x:y",
	} {
		for what, lists := range map[string][2]string{"only": {list, ""}, "without": {"", list}, "only, not without": {list, "userName"}} {
			want := Users.Show(read(ParseRaw(whole)), lists[0], lists[1])
			narrow := Users.Narrow(ParseRaw(whole), lists[0], lists[1])
			if got := Users.Show(read(narrow), lists[0], lists[1]); !reflect.DeepEqual(got, want) {
				t.Errorf("%s %q: %v, want %v", what, list, got, want)
			}
			if what == "only" && list == "userName" && len(narrow) != 3 {
				t.Errorf("%d attributes are left to be read", len(narrow))
			}
		}
	}
}

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestWire_broken_json(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		target := "/accounts/" + e.team(t) + "/users?operation=create"
		for what, body := range map[string]string{
			"no JSON":                "hello",
			"cut":                    `{"Email":"a@example.com"`,
			"cut in a string":        `{"Email":"a@example`,
			"single quotes":          `{'Email':'a@example.com'}`,
			"no colon":               `{"Email" "a@example.com"}`,
			"comma at the end":       `{"Email":"a@example.com",}`,
			"text behind":            `{"Email":"a@example.com"} x`,
			"two documents":          `{"Email":"a@example.com"}{}`,
			"a comment":              `{"Email":"a@example.com"/* x */}`,
			"a byte order mark":      "\ufeff" + `{"Email":"a@example.com"}`,
			"only blanks":            "  \n ",
			"a member twice":         `{"Email":"a@example.com","Email":"b@example.com"}`,
			"a member twice, hidden": `{"Email":"a@example.com","\u0045mail":"b@example.com"}`,
			"unknown member twice":   `{"Email":"a@example.com","X":1,"X":1}`,
			"twice inside":           `{"Email":"a@example.com","X":{"y":1,"y":2}}`,
			"bad UTF-8":              "{\"Email\":\"a\xff@example.com\"}",
			"bad UTF-8 elsewhere":    "{\"Email\":\"a@example.com\",\"X\":\"\xc3\"}",
			"bad UTF-8 in a name":    "{\"Email\":\"a@example.com\",\"\xc3\":1}",
			"surrogate in UTF-8":     "{\"Email\":\"\xed\xa0\x80@example.com\"}",
			"NUL byte":               "{\"Email\":\"a\x00@example.com\"}",
			"NUL byte behind":        `{"Email":"a@example.com"}` + "\x00",
			"escaped NUL":            `{"Email":"a\u0000@example.com"}`,
			"lone surrogate":         `{"Email":"a\ud800@example.com"}`,
			"line break in a string": "{\"Email\":\"a@example.com\",\"X\":\"\n\"}",
			"bad escape":             `{"Email":"a\x40example.com"}`,
			"deep lists":             `{"Email":"a@example.com","X":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
			"deep objects":           `{"X":` + strings.Repeat(`{"a":`, 100000) + `1` + strings.Repeat("}", 100000) + `}`,
			"bad number":             `{"Email":"a@example.com","X":01}`,
			"bad word":               `{"Email":"a@example.com","X":nul}`,
			"not a number":           `{"Email":"a@example.com","X":NaN}`,
		} {
			t.Run(what, func(t *testing.T) {
				e.send(t, "POST", target, body).refused(t, badRequest)
			})
		}
		equal(t, "users", e.send(t, "GET", strings.TrimSuffix(target, "?operation=create"), "").body, `{"NextToken":null,"Users":[]}`)
	})
}

func TestWire_wrong_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		target := "/accounts/" + e.team(t) + "/users?operation=create"
		for body, words := range map[string][]string{
			`[]`:                             {"object", "list"},
			`"a@example.com"`:                {"object", "string"},
			`7`:                              {"object", "number"},
			`true`:                           {"object", "boolean"},
			`null`:                           {"object", "null"},
			`{"Email":7}`:                    {"'Email'", "string", "number"},
			`{"Email":true}`:                 {"'Email'", "boolean"},
			`{"Email":["a@example.com"]}`:    {"'Email'", "list"},
			`{"Email":{"a":1}}`:              {"'Email'", "object"},
			`{"UserType":1,"Email":"a@b.c"}`: {"'UserType'", "string", "number"},
			`{"Email":"a\u0000@b.c"}`:        {"'Email'", "NUL"},
			`{"Email":"a\ud83d@b.c"}`:        {"'Email'", "surrogate"},
		} {
			t.Run(body, func(t *testing.T) {
				e.send(t, "POST", target, body).refused(t, badRequest, words...)
			})
		}
	})
}

func TestWire_values_are_not_echoed(t *testing.T) {
	const secret = "Zebra-17"
	forEachEngine(t, func(t *testing.T, e *env) {
		target := "/accounts/" + e.team(t) + "/users?operation=create"
		for _, body := range []string{
			`{"Email":"` + secret + `"}`,
			`{"Email":"a@example.com","UserType":"` + secret + `"}`,
			`{"Email":"` + secret + `@example.com","Username":"` + ofLength(300, secret) + `"}`,
			`{"Email":"a@example.com",` + secret,
		} {
			got := e.send(t, "POST", target, body)
			got.refused(t, badRequest)
			if strings.Contains(got.body, secret) {
				t.Errorf("the message shows the value: %s", got.body)
			}
		}
	})
}

func TestWire_lenient_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, other := e.team(t), e.team(t)
		for i, body := range []string{
			`{"Email":"%d@example.com","Unknown":{"a":[1,2.5e3,null,{"b":false}]},"email":7}`,
			"\r\n\t {\n\t\"Email\" : \"%d@example.com\"\r\n} \n",
			`{"Email":"%d@example.com","Username":null,"UserType":null}`,
			`{"Email":"%d@example.com","AccountId":"` + other + `"}`, // the path counts
			`{"\u0045mail":"\u0025d@example.com"}`,
		} {
			if strings.Contains(body, "%d") {
				body = fmt.Sprintf(body, i)
			}
			e.send(t, "POST", "/accounts/"+id+"/users?operation=create", body).ok(t, 201)
		}
		equal(t, "users of the other account", e.send(t, "GET", "/accounts/"+other+"/users", "").body, `{"NextToken":null,"Users":[]}`)
	})
}

func TestWire_content_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, contentType := range []string{"", "application/json; charset=utf-8", "application/x-amz-json-1.1", "text/plain"} {
			r := e.request(t, "POST", "/accounts", `{"Name":"x"}`)
			r.Header.Set("Content-Type", contentType)
			signerOf(e.caller).sign(r, `{"Name":"x"}`)
			do(t, r).ok(t, 201)
		}
	})
}

// Some clients send an empty object with operations that have no body.
func TestWire_body_where_none_is_needed(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		e.send(t, "POST", "/accounts/"+id+"/users/"+user+"?operation=logout", "{}").noContent(t)
		e.send(t, "POST", "/accounts/"+id+"/users/"+user+"?operation=reset-personal-pin", `{"UserId":"other"}`).ok(t, 200)
		e.send(t, "GET", "/accounts/"+id, "{}").ok(t, 200)
	})
}

func TestWire_size_of_body(t *testing.T) {
	const limit = 1 << 20
	forEachEngine(t, func(t *testing.T, e *env) {
		fill := func(size int) string {
			frame := `{"Name":"x","Fill":""}`
			return strings.Replace(frame, `""`, `"`+ofLength(size-len(frame), "f")+`"`, 1)
		}
		e.send(t, "POST", "/accounts", fill(limit)).ok(t, 201)
		e.send(t, "POST", "/accounts", fill(limit+1)).refused(t, tooLarge)
	})
}

// A body of unknown length comes in chunks.
func TestWire_chunked_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for size, want := range map[int]int{20: 201, 2 << 20: tooLarge.status} {
			body := `{"Name":"x"}` + ofLength(size, " ")
			r := e.request(t, "POST", "/accounts", body)
			r.ContentLength = -1
			signerOf(e.caller).sign(r, body)
			equal(t, fmt.Sprint("status for ", size), do(t, r).status, want)
		}
	})
}

func TestWire_expect_continue(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		r := e.request(t, "POST", "/accounts", `{"Name":"x"}`)
		r.Header.Set("Expect", "100-continue")
		signerOf(e.caller).sign(r, `{"Name":"x"}`)
		do(t, r).ok(t, http.StatusCreated)
	})
}

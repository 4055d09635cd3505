package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// sdkOperations returns the operations that the SDK has a method for.
func sdkOperations() (names []string) {
	client := reflect.TypeFor[*chime.Client]()
	for i := range client.NumMethod() {
		if name := client.Method(i).Name; name != "Options" {
			names = append(names, name)
		}
	}
	return names
}

// Every operation of the API does its work, and its answer has the form of the
// live service's: compact, with members in alphabetical order.
func TestOperations_all_succeed(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		w := e.world(t)
		var names []string
		for _, op := range w.operations() {
			names = append(names, op.name)
			got := w.send(t, op.method, op.target, op.body)
			if got.status != op.status {
				t.Errorf("%s got %d %s, want %d", op.name, got.status, got.body, op.status)
				continue
			}
			if op.status == 204 {
				got.noContent(t)
				continue
			}
			got.ok(t, op.status)
			isCanonical(t, op.name, got.body)
		}
		slices.Sort(names)
		equal(t, "operations", names, sdkOperations())
	})
}

// isCanonical checks that JSON is compact and its members are in order.
func isCanonical(t *testing.T, what, body string) {
	t.Helper()
	var compact bytes.Buffer
	succeed(t, json.Compact(&compact, []byte(body)))
	equal(t, what+": body", body, compact.String())
	if keys, ok := unsorted(json.NewDecoder(strings.NewReader(body))); !ok {
		t.Errorf("%s: the members %q are not in order", what, keys)
	}
}

// unsorted reads a value and reports whether all objects in it have their
// members in order; if not, it returns those of one that has not.
func unsorted(d *json.Decoder) (keys []string, ok bool) {
	token, err := d.Token()
	if err != nil {
		return nil, err == io.EOF
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return nil, true
	}
	for d.More() {
		if token == json.Delim('{') {
			key, _ := d.Token() // a name, since the JSON is valid
			keys = append(keys, key.(string))
		}
		if inner, ok := unsorted(d); !ok {
			return inner, false
		}
	}
	_, _ = d.Token() // the end
	return keys, slices.IsSorted(keys)
}

// What belongs to one AWS account is not there for another.
func TestOperations_of_another_tenant(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		w, other := e.world(t), e.tenant(t)
		tried := 0
		for _, op := range w.operations() {
			if !w.isOwn(op) {
				continue
			}
			tried++
			t.Log(op.name)
			got := other.send(t, op.method, op.target, op.body)
			got.refused(t, notFound, messageNotFound)
		}
		equal(t, "operations on what belongs to somebody", tried, 48)
	})
}

// Every operation has a rate of its own, and says so in the same way.
func TestOperations_throttled(t *testing.T) {
	t.Parallel()
	e := ownServer(t, "--throttle-rps", "0.001", "--throttle-burst", "1")
	nobody := world{
		account: unknownID, spare: unknownID, team: unknownID, directory: unknownID, user: "u", member: "m", room: "r", bot: "b", order: unknownID,
		kept: "+12065550100", assigned: "+12065550101", queued: "+12065550102", free: "+12065550103",
	}
	for _, op := range nobody.operations() {
		first := e.send(t, op.method, op.target, op.body)
		second := e.send(t, op.method, op.target, op.body)
		if first.status == throttled.status || first.status >= 500 {
			t.Errorf("the first %s got %d %s", op.name, first.status, first.body)
		}
		t.Log(op.name)
		second.refused(t, throttled)
	}
}

// A token is good for the list that gave it out, and for no other.
func TestOperations_tokens_of_other_lists(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		lists := e.world(t).pagers(t)
		tokens := map[string]*string{}
		for name, list := range lists {
			_, tokens[name] = list.page(t, aws.Int32(1), nil)
		}
		for name, list := range e.world(t).pagers(t) {
			_, tokens[name+" of another tenant"] = list.page(t, aws.Int32(1), nil)
		}
		for name, list := range lists {
			others := map[string]*string{}
			for from, token := range tokens {
				if from != name {
					others[name+" "+from] = token
				}
			}
			list.refusesTokens(t, others)
		}
	})
}

// The list of one account, or of one room, is not that of another.
func TestOperations_tokens_of_other_paths(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := []string{c.enterprise(t), c.enterprise(t)}
		var rooms, bots, members []pager
		for _, id := range ids {
			c.bots(t, id, 2)
			users := c.users(t, id, 2)
			for _, room := range c.rooms(t, id, 2) {
				c.join(t, id, room, users...)
				members = append(members, c.listMembers(t, id, room))
			}
			rooms, bots = append(rooms, c.listRooms(t, id, nil)), append(bots, c.listBots(t, id))
		}
		for what, lists := range map[string][]pager{"rooms": rooms, "bots": bots, "members": members[:2], "members elsewhere": members[1:3]} {
			_, token := lists[1].page(t, aws.Int32(1), nil)
			lists[0].refusesTokens(t, map[string]*string{what: token})
		}
	})
}

// Paths that only an operation value, or the type of a search, completes.
func TestOperations_incomplete(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		a := "/accounts/" + unknownID
		for _, op := range []operation{
			{"search", "GET", "/search", "", 400},
			{"search", "GET", "/search?type=users&area-code=206", "", 400},
			{"search", "GET", "/search?area-code=206", "", 400},
			{"batch of numbers", "POST", "/phone-numbers", "{}", 400},
			{"batch of numbers", "POST", "/phone-numbers?operation=batch-create", "{}", 400},
			{"number", "POST", "/phone-numbers/12065550100?operation=release", "", 400},
			{"bot", "POST", a + "/bots/b?operation=regenerate", "", 400},
			{"members", "POST", a + "/rooms/r/memberships?operation=batch-delete", "{}", 400},
			{"message", "POST", a + "/rooms/r/messages/m", "", 400},
			{"message", "POST", a + "/rooms/r/messages/m?operation=delete", "", 400},
			{"message", "POST", a + "/conversations/c/messages/m", "", 400},
			{"message", "DELETE", a + "/rooms/r/messages/m?operation=redact", "", 405},
			{"room", "PUT", a + "/rooms/r", "", 405},
			{"events", "POST", a + "/bots/b/events-configuration", "", 405},
			{"messages", "GET", a + "/rooms/r/messages", "", 404},
			{"dial-out", "GET", "/meetings/" + unknownID + "/dial-outs", "", 405},
		} {
			t.Log(op.method, op.target)
			e.send(t, op.method, op.target, op.body).refused(t, refusal{unknownOperation.name, "", op.status})
		}
	})
}

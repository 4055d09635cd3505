package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// One token gives one room, on whatever replica the requests arrive.
func TestCluster_raced_room_token(t *testing.T) {
	servers := cluster(t, 2)
	id := servers[0].enterprise(t)
	for round := range 5 {
		rooms := make([]*types.Room, 16)
		succeeded := contest(t, servers[0].through(servers), len(rooms), badRequest, func(c *caller, i int) (err error) {
			rooms[i], err = c.roomWithToken(t, id, "Kitchen", fmt.Sprintf("token-%d", round))
			return err
		})
		equal(t, "successes", succeeded, len(rooms))
		for _, room := range rooms[1:] {
			equal(t, "room", room, rooms[0])
		}
		equal(t, "rooms", len(servers[1].listRooms(t, id, nil).all(t, 99)), round+1)
	}
}

// The last number has one owner.
func TestCluster_raced_number(t *testing.T) {
	servers := cluster(t, 2)
	for _, number := range servers[0].available(t, 5) {
		var callers []*caller
		for range 2 {
			callers = append(callers, servers[0].tenant(t), servers[1].tenant(t))
		}
		equal(t, "owners", raceFor(t, number, callers), 1)
	}
}

// However many ask at once, a quota holds.
func TestCluster_raced_quotas(t *testing.T) {
	const quota, tries = 5, 20
	servers := cluster(t, 2, "--quota-rooms", "5", "--quota-bots", "5", "--quota-room-memberships", "5", "--quota-phone-numbers", "5")
	e := servers[0]
	callers, id, other := e.through(servers), e.enterprise(t), e.enterprise(t)
	room, users, numbers := *e.room(t, other, "Full").RoomId, e.users(t, other, tries), e.available(t, tries)
	for what, call := range map[string]func(c *caller, i int) error{
		"rooms": func(c *caller, i int) error {
			_, err := c.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &id, Name: aws.String(fmt.Sprint(i))})
			return err
		},
		"bots": func(c *caller, i int) error {
			_, err := c.tryBot(t, id, fmt.Sprint("Bot ", i), nil)
			return err
		},
		"memberships": func(c *caller, i int) error {
			_, err := c.tryJoin(t, other, room, users[i], "")
			return err
		},
		"numbers": func(c *caller, i int) error {
			_, err := c.tryOrder(t, businessCalling, numbers[i])
			return err
		},
	} {
		equal(t, what, contest(t, callers, tries, limitExceeded, call), quota)
	}
	equal(t, "rooms", len(e.listRooms(t, id, nil).all(t, 99)), quota)
	equal(t, "bots", len(e.listBots(t, id).all(t, 99)), quota)
	equal(t, "members", len(e.listMembers(t, other, room).all(t, 99)), quota)
	equal(t, "numbers", len(e.listNumbers(t, chime.ListPhoneNumbersInput{}).all(t, 99)), quota)
}

// Some things can be had once only.
func TestCluster_raced_once(t *testing.T) {
	servers := cluster(t, 2)
	e := servers[0]
	callers, id := e.through(servers), e.team(t)
	numbers, users := e.own(t, businessCalling, 5), e.users(t, id, 8)
	for what, tt := range map[string]struct {
		refusal refusal
		call    func(c *caller, i int) error
	}{
		"users of a number": {badRequest, func(c *caller, i int) error { return c.assign(t, id, &users[i], numbers[0]) }},
		"numbers of a user": {badRequest, func(c *caller, i int) error { return c.assign(t, id, &users[7], numbers[1+i%4]) }},
		"default names":     {badRequest, func(c *caller, i int) error { return c.defaultName(t, fmt.Sprint("Name ", i)) }},
		"bots of a name": {badRequest, func() func(*caller, int) error {
			account := e.enterprise(t)
			return func(c *caller, _ int) error {
				_, err := c.tryBot(t, account, "Helper", nil)
				return err
			}
		}()},
	} {
		equal(t, what, contest(t, callers, 7, tt.refusal, tt.call), 1)
	}
	equal(t, "numbers that are assigned", len(e.listNumbers(t, chime.ListPhoneNumbersInput{Status: "Assigned"}).all(t, 99)), 2)
}

// One message a second, and ten webhooks a room, on all servers together.
func TestCluster_raced_webhooks(t *testing.T) {
	servers := cluster(t, 2)
	id, room, w := servers[0].newsroom(t)
	local := strings.TrimPrefix(w.Url, servers[0].endpoint)
	statuses := make([]int, 16)
	count := func(call func(e *env, i int) answer, want int) (n int) {
		atOnce(len(statuses), func(i int) error {
			statuses[i] = call(servers[i%2], i).status
			return nil
		})
		for _, status := range statuses {
			if status == want {
				n++
			}
		}
		return n
	}
	equal(t, "messages", count(func(e *env, _ int) answer { return post(t, e.endpoint+local, contentBody("x")) }, 200), 1)
	equal(t, "messages in the room", len(servers[1].messages(t, id, inRoom(room))), 1)
	equal(t, "webhooks", count(func(e *env, i int) answer {
		return e.send(t, "POST", webhooksPath(id, room), fmt.Sprintf(`{"Name":"%d"}`, i))
	}, 201), 9)
	equal(t, "webhooks of the room", len(servers[1].webhooks(t, id, room)), 10)
}

// Batches that name the same things in different orders do not get in each
// other's way.
func TestCluster_crossed_batches(t *testing.T) {
	servers := cluster(t, 2, "--quota-phone-numbers", "50")
	e := servers[0]
	callers, id := e.through(servers), e.enterprise(t)
	rooms, users, numbers := e.rooms(t, id, 8), e.users(t, id, 20), e.own(t, businessCalling, 20)
	turn := func(list []string, by int) []string {
		list = append(append([]string{}, list[by:]...), list[:by]...)
		if by%2 == 1 {
			slices.Reverse(list)
		}
		return list
	}
	none := refusal{name: "nothing"}
	equal(t, "batches of members", contest(t, callers, 8, none, func(c *caller, i int) error {
		_, err := c.batchJoin(t, id, rooms[i], membershipItems(turn(users, i)...)...)
		return err
	}), 8)
	equal(t, "batches of changes", contest(t, callers, 8, none, func(c *caller, i int) error {
		var items []numberItem
		for _, number := range turn(numbers, i) {
			items = append(items, numberItem{PhoneNumberId: &number, CallingName: aws.String(fmt.Sprint("Name ", i))})
		}
		_, err := c.batchUpdateNumbers(t, items...)
		return err
	}), 8)
	equal(t, "batches of deletions", contest(t, callers, 8, none, func(c *caller, i int) error {
		_, err := c.batchDeleteNumbers(t, turn(numbers, i)...)
		return err
	}), 8)
	for _, room := range rooms {
		equal(t, "number of members", len(e.members(t, id, room)), len(users))
	}
	equal(t, "numbers in the queue", len(e.listNumbers(t, chime.ListPhoneNumbersInput{Status: "ReleaseInProgress"}).all(t, 99)), len(numbers))
}

// What one replica gave out is good on the other.
func TestCluster_tokens_and_addresses(t *testing.T) {
	servers := cluster(t, 2, "--test-clock")
	first, second := servers[0], servers[1]
	id, room, w := first.newsroom(t)
	more := *first.room(t, id, "Cellar").RoomId
	equal(t, "rooms", first.listRooms(t, id, nil).all(t, 1), []string{more, *room})
	_, token := first.listRooms(t, id, nil).page(t, aws.Int32(1), nil)
	rest, _ := second.listRooms(t, id, nil).page(t, nil, token)
	equal(t, "rooms on page 2", rest, []string{*room})
	there := second.endpoint + w.Url[len(first.endpoint):]
	say(t, w.Url, "Hello")
	post(t, there, contentBody("too early")).refused(t, throttled) // one message a second on all replicas
	now := first.advance(t, "100h")
	eventually(t, "same time on the other replica", func() bool { return !second.now(t).Before(now) })
	say(t, there, "Hello again")
	equal(t, "messages", len(first.messages(t, id, inRoom(room))), 2)
	bot := first.bot(t, id, "Helper")
	equal(t, "bot on the other replica", second.getBot(t, id, bot.BotId), bot)
}

package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestAdvanceTestClock_moves_time(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		isAbout(t, "clock", aws.Time(e.now(t)), time.Now())
		ahead := time.Duration(0)
		for _, step := range []string{"192h", "0s", "1h30m", "1500ms", "8760h"} {
			d, err := time.ParseDuration(step)
			succeed(t, err)
			ahead += d
			isAbout(t, "answer", aws.Time(e.advance(t, step)), time.Now().Add(ahead))
			isAbout(t, "clock", aws.Time(e.now(t)), time.Now().Add(ahead))
		}
		account := e.getAccount(t, e.team(t)) // signatures keep real time
		isAbout(t, "CreatedTimestamp", account.CreatedTimestamp, time.Now().Add(ahead))
		succeed(t, e.server.stop())
		isAbout(t, "clock after a restart", aws.Time(e.restart(t).now(t)), time.Now().Add(ahead))
	}, "--test-clock")
}

func TestAdvanceTestClock_bad_durations(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		for _, body := range []string{
			"", "{}", `{"Advance":null}`, `{"Advance":""}`, `{"Advance":"1"}`, `{"Advance":"-1h"}`, `{"Advance":"tomorrow"}`, `{"Advance":"7d"}`,
			`{"Advance":"9999999h"}`, `{"Advance":"` + ofLength(65, "1") + `h"}`, `{"Advance":"1e3h"}`,
		} {
			e.send(t, "POST", clockPath, body).refused(t, badRequest, "'Advance'")
		}
		e.send(t, "POST", clockPath, `{"Advance":3600}`).refused(t, badRequest, "Advance")
		isAbout(t, "clock", aws.Time(e.now(t)), time.Now())
	}, "--test-clock")
}

func TestAdvanceTestClock_root_only(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		for _, c := range []*caller{e.keyOf(t, rootAwsAccount), e.tenant(t)} {
			c.send(t, "POST", clockPath, `{"Advance":"1h"}`).refused(t, forbidden, "user/tester")
			c.send(t, "GET", clockPath, "").refused(t, forbidden, "user/tester")
		}
		r := e.request(t, "POST", clockPath, `{"Advance":"1h"}`)
		do(t, r).refused(t, missingToken)
		isAbout(t, "clock", aws.Time(e.now(t)), time.Now())
	}, "--test-clock")
}

func TestAdvanceTestClock_without_the_flag(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.send(t, "POST", clockPath, `{"Advance":"1h"}`).refused(t, forbidden, "--test-clock")
		e.send(t, "GET", clockPath, "").refused(t, forbidden, "--test-clock")
		account := e.getAccount(t, e.team(t))
		isNow(t, "CreatedTimestamp", account.CreatedTimestamp)
	})
}

// Page tokens have no age.
func TestAdvanceTestClock_page_tokens(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		rooms := e.rooms(t, id, 3)
		number := e.own(t, businessCalling, 2)
		_, roomToken := e.listRooms(t, id, nil).page(t, aws.Int32(1), nil)
		_, numberToken := e.listNumbers(t, chime.ListPhoneNumbersInput{}).page(t, aws.Int32(1), nil)
		e.advance(t, "87600h")
		succeed(t, e.server.stop())
		later := e.restart(t)
		rest, _ := later.listRooms(t, id, nil).page(t, nil, roomToken)
		equal(t, "rooms on page 2", rest, rooms[1:])
		rest, _ = later.listNumbers(t, chime.ListPhoneNumbersInput{}).page(t, nil, numberToken)
		equal(t, "numbers on page 2", rest, number[1:])
	}, "--test-clock")
}

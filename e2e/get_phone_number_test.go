package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestGetPhoneNumber_new_number(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number, yes := c.own(t, businessCalling, 1)[0], aws.Bool(true)
		got := c.number(t, number)
		isNow(t, "CreatedTimestamp", got.CreatedTimestamp)
		isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
		equal(t, "number", *got, types.PhoneNumber{
			Associations:      []types.PhoneNumberAssociation{},
			CallingNameStatus: types.CallingNameStatusUnassigned,
			Capabilities: &types.PhoneNumberCapabilities{
				InboundCall: yes, InboundMMS: yes, InboundSMS: yes, OutboundCall: yes, OutboundMMS: yes, OutboundSMS: yes,
			},
			Country:          aws.String("US"),
			CreatedTimestamp: got.CreatedTimestamp,
			E164PhoneNumber:  &number,
			PhoneNumberId:    aws.String(numberID(number)),
			ProductType:      businessCalling,
			Status:           types.PhoneNumberStatusUnassigned,
			Type:             types.PhoneNumberTypeLocal,
			UpdatedTimestamp: got.UpdatedTimestamp,
		})
	})
}

func TestGetPhoneNumber_nulls(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		got := c.send(t, "GET", "/phone-numbers/"+numberID(c.own(t, businessCalling, 1)[0]), "")
		got.ok(t, 200)
		for _, text := range []string{`"CallingName":null`, `"DeletionTimestamp":null`, `"Associations":[]`} {
			if !strings.Contains(got.body, text) {
				t.Errorf("%s lacks %s", got.body, text)
			}
		}
	})
}

func TestGetPhoneNumber_spellings(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		for _, id := range idSpellings(number) {
			equal(t, "number of "+id, *c.number(t, id).E164PhoneNumber, number)
			if strings.HasPrefix(id, "+") {
				id = url.PathEscape(id) // the SDK escapes, too
			}
			c.send(t, "GET", "/phone-numbers/"+id, "").ok(t, 200)
			c.send(t, "GET", "/console/phone-numbers/"+id, "").ok(t, 200)
		}
	})
}

func TestGetPhoneNumber_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		e.needsNumber(t, func(c *caller, id string) error {
			_, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: &id})
			return err
		})
	})
}

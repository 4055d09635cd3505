package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// changeNumber changes a number and returns the answer.
func (c *caller) changeNumber(t testing.TB, number string, in chime.UpdatePhoneNumberInput) (*types.PhoneNumber, error) {
	t.Helper()
	in.PhoneNumberId = &number
	out, err := c.UpdatePhoneNumber(t.Context(), &in)
	if err != nil {
		return nil, err
	}
	return out.PhoneNumber, nil
}

func (c *caller) nameNumber(t testing.TB, number, name string) *types.PhoneNumber {
	t.Helper()
	got, err := c.changeNumber(t, number, chime.UpdatePhoneNumberInput{CallingName: &name})
	succeed(t, err)
	return got
}

func TestUpdatePhoneNumber_product(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		want := c.number(t, number)
		for _, product := range []types.PhoneNumberProductType{voiceConnector, sipDialIn, businessCalling} {
			got, err := c.changeNumber(t, number, chime.UpdatePhoneNumberInput{ProductType: product})
			succeed(t, err)
			isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
			if !got.UpdatedTimestamp.After(*want.UpdatedTimestamp) {
				t.Error("UpdatedTimestamp stayed")
			}
			want.ProductType, want.UpdatedTimestamp = product, got.UpdatedTimestamp
			equal(t, "answer", got, want)
			equal(t, "GetPhoneNumber", c.number(t, number), want)
		}
	})
}

func TestUpdatePhoneNumber_product_that_cannot_be(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		tollFree := v.tollFree(t, "855")
		v.acquire(t, voiceConnector, tollFree)
		for number, product := range map[string]types.PhoneNumberProductType{
			tollFree:   businessCalling,
			v.assigned: voiceConnector,
			v.deleted:  voiceConnector,
			v.free:     "Fax",
		} {
			before := v.number(t, number)
			_, err := v.changeNumber(t, number, chime.UpdatePhoneNumberInput{ProductType: product})
			refused(t, err, badRequest)
			equal(t, "number", v.number(t, number), before)
		}
	})
}

func TestUpdatePhoneNumber_calling_name(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		for _, number := range []string{v.free, v.assigned} {
			want := v.number(t, number)
			for _, name := range []string{"Ab", "Exactly 15 char", "9  ", "other"} {
				got := v.nameNumber(t, number, name)
				want.CallingName, want.CallingNameStatus, want.UpdatedTimestamp = &name, types.CallingNameStatusUpdateSucceeded, got.UpdatedTimestamp
				equal(t, "answer", got, want)
				equal(t, "GetPhoneNumber", v.number(t, number), want)
			}
			got := v.nameNumber(t, number, "")
			want.CallingName, want.CallingNameStatus, want.UpdatedTimestamp = nil, types.CallingNameStatusUnassigned, got.UpdatedTimestamp
			equal(t, "answer to no name", got, want)
			equal(t, "GetPhoneNumber", v.number(t, number), want)
		}
	})
}

// badCallingNames are calling names that no number may have.
var badCallingNames = []string{"a", "Sixteen letters!", "sixteen charactr", "A&B", "Ärzte", "tab\there", "two\nlines", "x\n"}

func TestUpdatePhoneNumber_bad_calling_name(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		c.nameNumber(t, number, "before")
		for _, name := range badCallingNames {
			_, err := c.changeNumber(t, number, chime.UpdatePhoneNumberInput{CallingName: &name})
			refused(t, err, badRequest, "'CallingName'")
		}
		equal(t, "CallingName", *c.number(t, number).CallingName, "before")
	})
}

func TestUpdatePhoneNumber_one_attribute(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		before := c.number(t, number)
		for _, in := range []chime.UpdatePhoneNumberInput{{}, {ProductType: voiceConnector, CallingName: aws.String("Both")}} {
			_, err := c.changeNumber(t, number, in)
			refused(t, err, badRequest)
		}
		equal(t, "number", c.number(t, number), before)
	})
}

func TestUpdatePhoneNumber_spellings(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		for i, id := range idSpellings(number) {
			name := "Name " + string(rune('A'+i))
			equal(t, "number", *c.nameNumber(t, id, name).E164PhoneNumber, number)
			equal(t, "CallingName", *c.number(t, number).CallingName, name)
		}
	})
}

func TestUpdatePhoneNumber_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		e.needsNumber(t, func(c *caller, id string) error {
			_, err := c.changeNumber(t, id, chime.UpdatePhoneNumberInput{CallingName: aws.String("Name")})
			return err
		})
	})
}

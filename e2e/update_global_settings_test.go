package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// keepRecords says where call records go.
func (c *caller) keepRecords(t testing.TB, b buckets) error {
	t.Helper()
	_, err := c.UpdateGlobalSettings(t.Context(), &chime.UpdateGlobalSettingsInput{
		BusinessCalling: &types.BusinessCallingSettings{CdrBucket: b.BusinessCalling},
		VoiceConnector:  &types.VoiceConnectorSettings{CdrBucket: b.VoiceConnector},
	})
	return err
}

func TestUpdateGlobalSettings_parts(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		a, b := aws.String("calls"), aws.String("lines")
		for _, tt := range []struct {
			body string
			want buckets
		}{
			{`{"BusinessCalling":{"CdrBucket":"calls"}}`, buckets{a, nil}},
			{`{"VoiceConnector":{"CdrBucket":"lines"}}`, buckets{a, b}},
			{`{"BusinessCalling":{},"VoiceConnector":{}}`, buckets{a, b}},
			{`{}`, buckets{a, b}},
			{``, buckets{a, b}},
			{`{"BusinessCalling":null}`, buckets{a, b}},
			{`{"BusinessCalling":{"CdrBucket":""}}`, buckets{nil, b}},
			{`{"BusinessCalling":{"CdrBucket":"lines"},"VoiceConnector":{"CdrBucket":"calls"}}`, buckets{b, a}},
			{`{"BusinessCalling":{"CdrBucket":""},"VoiceConnector":{"CdrBucket":""}}`, buckets{}},
		} {
			c.send(t, "PUT", "/settings", tt.body).noContent(t)
			equal(t, "settings after "+tt.body, c.globalSettings(t), tt.want)
		}
	})
}

// A bucket that is null is cleared (§7-43); one that is not given stays (§7-64).
func TestUpdateGlobalSettings_null_clears(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		succeed(t, c.keepRecords(t, buckets{aws.String("calls"), aws.String("lines")}))
		c.send(t, "PUT", "/settings", `{"BusinessCalling":{"CdrBucket":null}}`).noContent(t)
		equal(t, "settings", c.globalSettings(t), buckets{nil, aws.String("lines")})
	})
}

func TestUpdateGlobalSettings_bucket_names(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		for _, name := range []string{"abc", "a.b-c", "123", ofLength(63, "x")} {
			succeed(t, c.keepRecords(t, buckets{&name, nil}))
			equal(t, "settings", c.globalSettings(t), buckets{&name, nil})
		}
		for _, name := range []string{"ab", ofLength(64, "x"), "Upper", "under_score", "-x-", "a b", "s3://bucket", "ärzte"} {
			refused(t, c.keepRecords(t, buckets{&name, nil}), badRequest, "BusinessCalling")
			refused(t, c.keepRecords(t, buckets{nil, &name}), badRequest, "VoiceConnector")
		}
		c.send(t, "PUT", "/settings", `{"BusinessCalling":"bucket"}`).refused(t, badRequest, "BusinessCalling")
		equal(t, "settings", c.globalSettings(t), buckets{aws.String(ofLength(63, "x")), nil})
	})
}

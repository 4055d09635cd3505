package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// buckets are where call records go; nil: nowhere.
type buckets struct{ BusinessCalling, VoiceConnector *string }

// globalSettings returns the settings of the caller's AWS account.
func (c *caller) globalSettings(t testing.TB) buckets {
	t.Helper()
	out, err := c.GetGlobalSettings(t.Context(), &chime.GetGlobalSettingsInput{})
	succeed(t, err)
	return buckets{out.BusinessCalling.CdrBucket, out.VoiceConnector.CdrBucket}
}

func TestGetGlobalSettings_never_set(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		got := e.tenant(t).send(t, "GET", "/settings", "")
		got.ok(t, 200)
		equal(t, "body", got.body, `{"BusinessCalling":{"CdrBucket":null},"VoiceConnector":{"CdrBucket":null}}`)
	})
}

func TestGetGlobalSettings_own_aws_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c, other := e.tenant(t), e.tenant(t)
		succeed(t, c.keepRecords(t, buckets{aws.String("calls"), aws.String("lines")}))
		equal(t, "settings", c.globalSettings(t), buckets{aws.String("calls"), aws.String("lines")})
		equal(t, "settings of the other one", other.globalSettings(t), buckets{})
	})
}

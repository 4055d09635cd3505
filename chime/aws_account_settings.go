package chime

import (
	"regexp"
	"time"

	"carillon/api"
	"carillon/work"
)

// callingNameInterval is how long the default calling name stays.
const callingNameInterval = 7 * day

// GetPhoneNumberSettings returns the default calling name of the AWS account.
func (s *Service) GetPhoneNumberSettings(w *work.Unit, _ *api.GetPhoneNumberSettingsInput) (*api.GetPhoneNumberSettingsOutput, error) {
	settings, err := w.AwsAccountSettings(w.Caller.AwsAccountID)
	return &api.GetPhoneNumberSettingsOutput{
		CallingName: api.NonZero(settings.CallingName), CallingNameUpdatedTimestamp: api.Timestamp(settings.CallingNameMs),
	}, err
}

// UpdatePhoneNumberSettings sets the default calling name, once in seven days.
func (s *Service) UpdatePhoneNumberSettings(w *work.Unit, in *api.UpdatePhoneNumberSettingsInput) error {
	settings, err := w.LockAwsAccountSettings(w.Caller.AwsAccountID)
	if err != nil {
		return err
	}
	last := time.UnixMilli(settings.CallingNameMs)
	next := last.Add(callingNameInterval)
	if settings.CallingNameMs != 0 && w.Now.Before(next) && !last.After(w.Now.Add(clockSlack)) {
		return api.BadRequest.Errorf("%s: CallingName can change once in seven days, the next time at %s", messageBadRequest, next.UTC().Format(time.RFC3339))
	}
	settings.CallingName, settings.CallingNameMs = in.CallingName.V, w.NowMs()
	return w.UpdateAwsAccountSettings(&settings)
}

// GetGlobalSettings returns where call records of the AWS account go.
func (s *Service) GetGlobalSettings(w *work.Unit, _ *api.GetGlobalSettingsInput) (*api.GetGlobalSettingsOutput, error) {
	settings, err := w.AwsAccountSettings(w.Caller.AwsAccountID)
	return &api.GetGlobalSettingsOutput{
		BusinessCalling: &api.BusinessCallingSettings{CdrBucket: api.NonZero(settings.BusinessCallingBucket)},
		VoiceConnector:  &api.VoiceConnectorSettings{CdrBucket: api.NonZero(settings.VoiceConnectorBucket)},
	}, err
}

// UpdateGlobalSettings sets where call records go; a part or a bucket that is
// not given stays, an empty bucket ends them.
func (s *Service) UpdateGlobalSettings(w *work.Unit, in *api.UpdateGlobalSettingsInput) error {
	if err := checkBuckets(in); err != nil {
		return err
	}
	settings, err := w.LockAwsAccountSettings(w.Caller.AwsAccountID)
	if err != nil {
		return err
	}
	if p := in.BusinessCalling; p != nil {
		settings.BusinessCallingBucket = p.CdrBucket.Or(settings.BusinessCallingBucket)
	}
	if p := in.VoiceConnector; p != nil {
		settings.VoiceConnectorBucket = p.CdrBucket.Or(settings.VoiceConnectorBucket)
	}
	return w.UpdateAwsAccountSettings(&settings)
}

// bucketName is the form of S3 bucket names.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func checkBuckets(in *api.UpdateGlobalSettingsInput) error {
	buckets := map[string]string{}
	if in.BusinessCalling != nil {
		buckets["BusinessCalling.CdrBucket"] = in.BusinessCalling.CdrBucket.V
	}
	if in.VoiceConnector != nil {
		buckets["VoiceConnector.CdrBucket"] = in.VoiceConnector.CdrBucket.V
	}
	for member, name := range buckets {
		if name != "" && !bucketName.MatchString(name) {
			return api.Invalid(member, "be the name of an S3 bucket: 3 to 63 lower-case letters, digits, dots and hyphens")
		}
	}
	return nil
}

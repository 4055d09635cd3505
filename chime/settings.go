package chime

import (
	"context"
	"regexp"
	"time"

	"carillon/api"
	"carillon/store"
)

// callingNameInterval is how long the default calling name stays.
const callingNameInterval = 7 * day

// GetPhoneNumberSettings returns the default calling name of the AWS account.
func (s *Service) GetPhoneNumberSettings(ctx context.Context, _ *api.GetPhoneNumberSettingsInput) (*api.GetPhoneNumberSettingsOutput, error) {
	settings, err := s.settings(ctx)
	return &api.GetPhoneNumberSettingsOutput{
		CallingName: api.NonZero(settings.CallingName), CallingNameUpdatedTimestamp: api.Timestamp(settings.CallingNameMs),
	}, err
}

func (s *Service) settings(ctx context.Context) (settings store.AwsAccountSettings, err error) {
	err = s.view(ctx, func(r store.Records) (err error) {
		settings, err = r.AwsAccountSettings(awsAccount(ctx))
		return err
	})
	return settings, err
}

// changeSettings runs fn on the settings of the AWS account and writes them.
func (s *Service) changeSettings(ctx context.Context, fn func(*store.AwsAccountSettings) error) error {
	return s.Store.Update(ctx, func(r store.Records) error {
		settings, err := r.LockAwsAccountSettings(awsAccount(ctx))
		if err != nil {
			return err
		}
		if err := fn(&settings); err != nil {
			return err
		}
		return r.UpdateAwsAccountSettings(&settings)
	})
}

// UpdatePhoneNumberSettings sets the default calling name, once in seven days.
func (s *Service) UpdatePhoneNumberSettings(ctx context.Context, in *api.UpdatePhoneNumberSettingsInput) error {
	return s.changeSettings(ctx, func(settings *store.AwsAccountSettings) error {
		next := time.UnixMilli(settings.CallingNameMs).Add(callingNameInterval)
		if settings.CallingNameMs != 0 && s.Now().Before(next) {
			return api.BadRequest.Errorf("%s: CallingName can change once in seven days, the next time at %s", messageBadRequest, next.UTC().Format(time.RFC3339))
		}
		settings.CallingName, settings.CallingNameMs = in.CallingName.V, s.nowMs()
		return nil
	})
}

// GetGlobalSettings returns where call records of the AWS account go.
func (s *Service) GetGlobalSettings(ctx context.Context, _ *api.GetGlobalSettingsInput) (*api.GetGlobalSettingsOutput, error) {
	settings, err := s.settings(ctx)
	return &api.GetGlobalSettingsOutput{
		BusinessCalling: &api.BusinessCallingSettings{CdrBucket: api.NonZero(settings.BusinessCallingBucket)},
		VoiceConnector:  &api.VoiceConnectorSettings{CdrBucket: api.NonZero(settings.VoiceConnectorBucket)},
	}, err
}

// UpdateGlobalSettings sets where call records go; a part or a bucket that is
// not given stays, an empty bucket ends them.
func (s *Service) UpdateGlobalSettings(ctx context.Context, in *api.UpdateGlobalSettingsInput) error {
	if err := checkBuckets(in); err != nil {
		return err
	}
	return s.changeSettings(ctx, func(settings *store.AwsAccountSettings) error {
		if p := in.BusinessCalling; p != nil {
			settings.BusinessCallingBucket = p.CdrBucket.Or(settings.BusinessCallingBucket)
		}
		if p := in.VoiceConnector; p != nil {
			settings.VoiceConnectorBucket = p.CdrBucket.Or(settings.VoiceConnectorBucket)
		}
		return nil
	})
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

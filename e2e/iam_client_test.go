package e2e

import "testing"

func TestIam_life_through_go_v2(t *testing.T)         { throughGoV2(t, liveLife) }
func TestIam_life_through_boto3(t *testing.T)         { throughBoto3(t, liveLife) }
func TestIam_life_through_javascript_v3(t *testing.T) { throughJavaScriptV3(t, liveLife) }
func TestIam_life_through_aws_cli(t *testing.T)       { throughAWSCLI(t, liveLife) }

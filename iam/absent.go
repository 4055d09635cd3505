package iam

import (
	"carillon/api"
	"carillon/api/iam"
	"carillon/work"
)

// Users here have no groups, devices, certificates, SSH keys, passwords of services
// and tags. Tools ask for them before they delete a user: the lists are empty.

// exists refuses to list something of a user who is not there. Without a name it
// is the caller, who is.
func exists(w *work.Unit, name api.Opt[string]) error {
	if !name.Set {
		return nil
	}
	_, err := user(w, name.V)
	return err
}

// nothing is the page of a list that has never had a marker.
func (s *Service) nothing(w *work.Unit, name, marker api.Opt[string]) (end, error) {
	if err := exists(w, name); err != nil {
		return end{}, err
	}
	_, err := s.list(w, marker, api.Opt[int]{})
	return whole, err
}

// ListGroupsForUser returns none.
func (s *Service) ListGroupsForUser(w *work.Unit, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	end, err := s.nothing(w, in.UserName, in.Marker)
	return &iam.ListGroupsForUserOutput{Groups: []iam.Group{}, IsTruncated: end.truncated}, err
}

// ListMFADevices returns none.
func (s *Service) ListMFADevices(w *work.Unit, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
	end, err := s.nothing(w, in.UserName, in.Marker)
	return &iam.ListMFADevicesOutput{MFADevices: []iam.MFADevice{}, IsTruncated: end.truncated}, err
}

// ListSigningCertificates returns none.
func (s *Service) ListSigningCertificates(w *work.Unit, in *iam.ListSigningCertificatesInput) (*iam.ListSigningCertificatesOutput, error) {
	end, err := s.nothing(w, in.UserName, in.Marker)
	return &iam.ListSigningCertificatesOutput{Certificates: []iam.SigningCertificate{}, IsTruncated: end.truncated}, err
}

// ListSSHPublicKeys returns none.
func (s *Service) ListSSHPublicKeys(w *work.Unit, in *iam.ListSSHPublicKeysInput) (*iam.ListSSHPublicKeysOutput, error) {
	end, err := s.nothing(w, in.UserName, in.Marker)
	return &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []iam.SSHPublicKeyMetadata{}, IsTruncated: end.truncated}, err
}

// ListServiceSpecificCredentials returns none.
func (s *Service) ListServiceSpecificCredentials(w *work.Unit, in *iam.ListServiceSpecificCredentialsInput) (*iam.ListServiceSpecificCredentialsOutput, error) {
	return &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []iam.ServiceSpecificCredentialMetadata{}}, exists(w, in.UserName)
}

// ListUserTags returns none.
func (s *Service) ListUserTags(w *work.Unit, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
	end, err := s.nothing(w, in.UserName, in.Marker)
	return &iam.ListUserTagsOutput{Tags: []iam.Tag{}, IsTruncated: end.truncated}, err
}

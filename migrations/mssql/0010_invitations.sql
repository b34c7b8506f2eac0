-- Invitations, and what a tenant shows of its members: kept with the membership, so that no tenant sees another's.

-- An account's address. Several accounts may have the same one, each made by accepting an invitation of its own.
-- `email` is unique and no longer read: accounts of this version write a name made of their id there.
ALTER TABLE app_user ADD address NVARCHAR(254) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_app_user_address DEFAULT N'';
-- The tenant whose administrators may set its password and address; null: nobody but the person.
ALTER TABLE app_user ADD managed_by BINARY(16) NULL;
-- The tenant that a sign-in without a tenant enters; null: the one entered first.
ALTER TABLE app_user ADD default_tenant_id BINARY(16) NULL;
-- Somebody else chose the password. Who chose those of earlier versions is not known.
ALTER TABLE app_user ADD password_by_other BIT NOT NULL CONSTRAINT df_app_user_password_by_other DEFAULT 0;
-- Null in rows of earlier versions that were written while this one was introduced.
ALTER TABLE membership ADD email NVARCHAR(254) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE membership ADD name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE membership ADD search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE membership ADD locale NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NULL CONSTRAINT ck_membership_locale CHECK (locale IN (N'ar', N'en'));
ALTER TABLE membership ADD updated_at DATETIME2(6) NULL;
ALTER TABLE membership ADD version BIGINT NOT NULL CONSTRAINT df_membership_version DEFAULT 1;
GO
UPDATE app_user SET address = email, password_by_other = 1 - platform_admin;
UPDATE u SET managed_by = m.tenant_id
FROM app_user AS u
INNER JOIN membership AS m ON u.id = m.user_id
WHERE u.platform_admin = 0 AND (SELECT COUNT(*) FROM membership AS o WHERE o.user_id = u.id) = 1;
UPDATE m SET
    email = u.email,
    name = u.name,
    search = u.search,
    locale = u.locale,
    updated_at = u.updated_at,
    version = u.version
FROM membership AS m
INNER JOIN app_user AS u ON m.user_id = u.id;
CREATE INDEX ix_app_user_address ON app_user (address);
CREATE UNIQUE INDEX uq_membership_email ON membership (tenant_id, email) WHERE email IS NOT NULL;

-- An address that may become a member. Only the SHA-256 of the link's token is stored.
CREATE TABLE invitation (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    email NVARCHAR(254) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    locale NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_invitation_locale CHECK (locale IN (N'ar', N'en')),
    role_ids NVARCHAR(800) COLLATE Latin1_General_100_BIN2 NOT NULL,
    token_hash BINARY(32) NOT NULL,
    invited_by BINARY(16) NULL,
    api_key_id BINARY(16) NULL,
    expires_at DATETIME2(6) NOT NULL,
    accepted_at DATETIME2(6) NULL,
    user_id BINARY(16) NULL,
    revoked_at DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitation_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_invitation_email ON invitation (tenant_id, email);

-- When the session of a refresh token began, so that it ends however often it is renewed; null in rows of earlier versions.
ALTER TABLE refresh_token ADD session_began_at DATETIME2(6) NULL;

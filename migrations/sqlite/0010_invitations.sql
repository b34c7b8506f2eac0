-- Invitations, and what a tenant shows of its members: kept with the membership, so that no tenant sees another's.

-- An account's address. Several accounts may have the same one, each made by accepting an invitation of its own.
-- `email` is unique and no longer read: accounts of this version write a name made of their id there.
ALTER TABLE app_user ADD COLUMN address TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 254);
-- The tenant whose administrators may set its password and address; null: nobody but the person.
ALTER TABLE app_user ADD COLUMN managed_by BLOB CHECK (length(managed_by) = 16);
-- The tenant that a sign-in without a tenant enters; null: the one entered first.
ALTER TABLE app_user ADD COLUMN default_tenant_id BLOB CHECK (length(default_tenant_id) = 16);
-- Somebody else chose the password. Who chose those of earlier versions is not known.
ALTER TABLE app_user ADD COLUMN password_by_other INTEGER NOT NULL DEFAULT 0 CHECK (password_by_other IN (0, 1));
UPDATE app_user SET address = email, password_by_other = 1 - platform_admin;
UPDATE app_user SET managed_by = (SELECT MIN(m.tenant_id) FROM membership m WHERE m.user_id = app_user.id)
WHERE platform_admin = 0 AND (SELECT COUNT(*) FROM membership m WHERE m.user_id = app_user.id) = 1;
CREATE INDEX ix_app_user_address ON app_user (address);

-- Null in rows of earlier versions that were written while this one was introduced.
ALTER TABLE membership ADD COLUMN email TEXT CHECK (length(email) <= 254);
ALTER TABLE membership ADD COLUMN name TEXT CHECK (length(name) <= 200);
ALTER TABLE membership ADD COLUMN search TEXT CHECK (length(search) <= 600);
ALTER TABLE membership ADD COLUMN locale TEXT CHECK (locale IN ('ar', 'en'));
ALTER TABLE membership ADD COLUMN updated_at INTEGER;
ALTER TABLE membership ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
UPDATE membership SET
    email = (SELECT u.email FROM app_user u WHERE u.id = membership.user_id),
    name = (SELECT u.name FROM app_user u WHERE u.id = membership.user_id),
    search = (SELECT u.search FROM app_user u WHERE u.id = membership.user_id),
    locale = (SELECT u.locale FROM app_user u WHERE u.id = membership.user_id),
    updated_at = (SELECT u.updated_at FROM app_user u WHERE u.id = membership.user_id),
    version = (SELECT u.version FROM app_user u WHERE u.id = membership.user_id);
CREATE UNIQUE INDEX uq_membership_email ON membership (tenant_id, email) WHERE email IS NOT NULL;

-- An address that may become a member. Only the SHA-256 of the link's token is stored.
CREATE TABLE invitation (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    email TEXT NOT NULL CHECK (length(email) <= 254),
    name TEXT NOT NULL CHECK (length(name) <= 200),
    locale TEXT NOT NULL CHECK (locale IN ('ar', 'en')),
    role_ids TEXT NOT NULL CHECK (length(role_ids) <= 800),
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    invited_by BLOB CHECK (length(invited_by) = 16),
    api_key_id BLOB CHECK (length(api_key_id) = 16),
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER,
    user_id BLOB CHECK (length(user_id) = 16),
    revoked_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitation_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_invitation_email ON invitation (tenant_id, email);

-- When the session of a refresh token began, so that it ends however often it is renewed; null in rows of earlier versions.
ALTER TABLE refresh_token ADD COLUMN session_began_at INTEGER;

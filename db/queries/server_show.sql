-- name: server_show_database
SELECT current_setting('server_version') AS version;

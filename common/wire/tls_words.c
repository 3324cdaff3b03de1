/* Why a connection broke, in a word for programs and a sentence for people. */
#include "common/wire/tls_inner.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>

/* Our own judgement of the other side's certificate. */
static enum tls_problem verdict_of(const struct tls *tls)
{
    if (tls->context->is_server)
        return TLS_DEVICE_FOREIGN;
    switch (SSL_get_verify_result(tls->ssl)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLS_SERVER_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_SERVER_EARLY;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return TLS_SERVER_NAME;
    default:
        return TLS_SERVER_FOREIGN;
    }
}

/* Each of these is the other side's judgement of our certificate. */
static bool refuses_certificate(int reason)
{
    switch (reason) {
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return true;
    default:
        return false;
    }
}

enum tls_problem tls_problem_find(const struct tls *tls)
{
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;

    ERR_clear_error();
    switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return verdict_of(tls);
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
        return TLS_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return TLS_OLD_VERSION;
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_CALLBACK_FAILED: /* on_client_hello */
    case SSL_R_TLSV13_ALERT_MISSING_EXTENSION:
        return TLS_OTHER_PROTOCOL;
    default:
        break;
    }
    if (reason == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL)
        return TLS_OTHER_PROTOCOL;
    if (refuses_certificate(reason))
        return tls->context->is_server ? TLS_GARBLED : TLS_DEVICE_REFUSED;
    return TLS_GARBLED;
}

const char *tls_problem_sentence(enum tls_problem problem)
{
    switch (problem) {
    case TLS_FINE:
        return "";
    case TLS_NOT_TLS:
        return "what came in is not TLS";
    case TLS_OLD_VERSION:
        return "the other side does not speak TLS 1.3";
    case TLS_OTHER_PROTOCOL:
        return "the other side does not speak " TLS_PROTOCOL;
    case TLS_SERVER_EXPIRED:
        return "the server's certificate has expired, or this machine's clock is wrong";
    case TLS_SERVER_EARLY:
        return "the server's certificate is not valid yet, or this machine's clock is wrong";
    case TLS_SERVER_FOREIGN:
        return "the server's certificate is not from this shop";
    case TLS_SERVER_NAME:
        return "the server's certificate is for another name";
    case TLS_DEVICE_FOREIGN:
        return "the device's certificate is not from this shop";
    case TLS_DEVICE_REFUSED:
        return "the server did not accept this device's certificate";
    case TLS_UNSENT:
        return "too much waits to be sent";
    case TLS_GARBLED:
        break;
    }
    return "the encrypted connection was damaged";
}

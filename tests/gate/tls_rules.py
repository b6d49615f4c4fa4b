# SPDX-License-Identifier: Apache-2.0
"""What the two scanners of TLS may find at a server of ours, and what they must have looked at.

Each judge gives a list of faults, in words; an empty one is a pass. A scan that was cut short, or a
scanner that has learnt to say something new, is a fault too: nothing passes by not being there.
"""
import json
import re
import xml.etree.ElementTree as xml_tree

SUITES = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']
GROUPS = {'x25519', 'secp256r1'}

# Severities of testssl that need no reason. WARN is a scan that could not be made, FATAL one that ended.
QUIET = {'OK', 'INFO', 'LOW', 'DEBUG'}

# Findings that are louder and right, each with its reason.
ALLOWED = {
    'cert_revocation': 'the authority is private: it has no CRL and no OCSP, a new certificate replaces the old',
    'engine_problem': 'about the scanner\'s own OpenSSL, which has no GOST',
}

# What testssl cannot always look at: it offers no ALPN there, and the server closes as soon as the handshake is
# done. Whether its own client has seen that by then is a race. Only that it could not look is let pass.
UNSEEN = {
    'optimal_proto': r'Your OpenSSL cannot connect to .*',
    'sessionresumption_ticket': r'check failed because of connect problem',
}


def is_unseen(name, severity, finding):
    return severity == 'WARN' and name in UNSEEN and re.fullmatch(UNSEEN[name], finding.strip()) is not None


# What testssl must have looked at, and what it must say.
NEEDED = {
    'SSLv2': r'not offered',
    'SSLv3': r'not offered',
    'TLS1': r'not offered',
    'TLS1_1': r'not offered',
    'TLS1_2': r'not offered',
    'TLS1_3': r'offered with final',
    'cipherlist_NULL': r'not offered',
    'cipherlist_aNULL': r'not offered',
    'cipherlist_EXPORT': r'not offered',
    'cipherlist_LOW': r'not offered',
    'cipherlist_3DES_IDEA': r'not offered',
    'cipherlist_AVERAGE': r'not offered',
    'cipherlist_STRONG': r'offered',
    'PFS': r'offered',
    'PFS_ciphers': re.escape(' '.join(SUITES)),
    'PFS_ECDHE_curves': r'prime256v1 X25519',
    'cipher_order': r'server( \(TLS 1\.3\))?',
    'protocol_negotiated': r'Default protocol TLS1\.3',
    'cipherorder_TLSv1_3': re.escape(' '.join(SUITES)),
    'cert_signatureAlgorithm': r'ECDSA with SHA256',
    'cert_keySize': r'EC 256 bits',
    'cert_keyUsage': r'Digital Signature',
    'cert_extKeyUsage': r'TLS Web Server Authentication',
    'cert_trust': r'Ok via SAN.*',
    'cert_chain_of_trust': r'passed\.',  # with --add-ca of the installation's own authority
    'cert_expirationStatus': r'3[56]\d >= 60 days',
    'heartbleed': r'not vulnerable.*',
    'CCS': r'not vulnerable',
    'ROBOT': r'not vulnerable.*',
    'secure_renego': r'TLS 1\.3 only server',
    'secure_client_renego': r'not vulnerable.*',
    'CRIME_TLS': r'TLS 1\.3 only server|not vulnerable',
    'POODLE_SSL': r'not vulnerable.*',
    'fallback_SCSV': r'only TLS 1\.3 supported',
    'FREAK': r'not vulnerable',
    'DROWN': r'not vulnerable.*',
    'LOGJAM': r'not vulnerable.*',
    'BEAST': r'not vulnerable.*',
    'LUCKY13': r'not vulnerable.*',
    'RC4': r'not vulnerable.*',
    'scanTime': r'\d+',
}


def judge_testssl(text):
    """Of the flat JSON of testssl --jsonfile."""
    try:
        findings = [(row['id'], row['severity'], row['finding']) for row in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        return [f'testssl gave no findings: {error!r}']
    faults = [f'{name} is {severity}: {finding}' for name, severity, finding in findings
              if severity not in QUIET and name not in ALLOWED and not is_unseen(name, severity, finding)]
    for name, wanted in NEEDED.items():
        said = [finding.strip() for found, _, finding in findings if found == name]
        if not said:
            faults.append(f'{name} was not looked at')
        faults += [f'{name} says "{one}", not "{wanted}"' for one in said
                   if re.fullmatch(wanted, one) is None]
    return faults


def judge_sslscan(text):
    """Of the XML of sslscan --xml."""
    try:
        scan = xml_tree.fromstring(text).find('ssltest')
    except xml_tree.ParseError as error:
        return [f'sslscan gave no XML: {error}']
    if scan is None:
        return ['sslscan reached nobody']
    faults = []
    protocols = {row.get('type') + row.get('version'): row.get('enabled') for row in scan.findall('protocol')}
    wanted = {'ssl2': '0', 'ssl3': '0', 'tls1.0': '0', 'tls1.1': '0', 'tls1.2': '0', 'tls1.3': '1'}
    if protocols != wanted:
        faults.append(f'protocols are {protocols}')
    suites = [row.get('cipher') for row in scan.findall('cipher')]
    if suites != SUITES:
        faults.append(f'suites are {suites}')
    groups = {row.get('name').split()[0] for row in scan.findall('group')}
    if groups != GROUPS:
        faults.append(f'groups are {sorted(groups)}')
    signatures = [row.get('name') for row in scan.findall('connection-signature-algorithm')]
    if signatures != ['ecdsa_secp256r1_sha256']:
        faults.append(f'signatures are {signatures}')
    faults += [f'{row.tag} {row.attrib}' for row in scan.findall('heartbleed')
               if row.get('vulnerable') != '0']
    faults += [f'{row.tag} {row.attrib}' for row in scan.findall('renegotiation')
               if row.get('supported') != '0']
    faults += [f'{row.tag} {row.attrib}' for row in scan.findall('compression')
               if row.get('supported') != '0']
    return faults + judge_certificate(scan.find("certificates/certificate[@type='short']"))


def judge_certificate(cert):
    if cert is None:
        return ['the certificate was not looked at']
    said = {name: (cert.findtext(name) or '').strip()
            for name in ('signature-algorithm', 'self-signed', 'expired')}
    key = cert.find('pk')
    said['key'] = '' if key is None else f'{key.get("type")} {key.get("curve_name")} {key.get("error")}'
    wanted = {'signature-algorithm': 'ecdsa-with-SHA256', 'self-signed': 'false', 'expired': 'false',
              'key': 'EC prime256v1 false'}
    return [] if said == wanted else [f'the certificate is {said}']

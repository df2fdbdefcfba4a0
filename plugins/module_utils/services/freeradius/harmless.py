# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes whose values may be shown. Pure.

Any other may hold a secret: dictionaries are the site's own, new ones come with each release, and a ``Cisco-AVPair``
can carry a key. Of FreeRADIUS's dictionaries these are the ones that accounts usually have and that hold none.
"""

from __future__ import annotations

import re

_NAMES = """
Acct-Interim-Interval Acct-Type Auth-Type Autz-Type Called-Station-Id Calling-Station-Id Callback-Id Callback-Number
Class Client-IP-Address Client-Shortname Connect-Info Delegated-IPv6-Prefix Delegated-IPv6-Prefix-Pool
DNS-Server-IPv6-Address Egress-VLANID Egress-VLAN-Name Expiration Fall-Through Filter-Id Framed-AppleTalk-Link
Framed-AppleTalk-Network Framed-AppleTalk-Zone Framed-Compression Framed-Interface-Id Framed-IP-Address
Framed-IP-Netmask Framed-IPv6-Address Framed-IPv6-Pool Framed-IPv6-Prefix Framed-IPv6-Route Framed-IPX-Network
Framed-MTU Framed-Pool Framed-Protocol Framed-Route Framed-Routing Group Group-Name Hint Huntgroup-Name Idle-Timeout
Ingress-Filters Login-IP-Host Login-IPv6-Host Login-LAT-Group Login-LAT-Node Login-LAT-Port Login-LAT-Service
Login-Service Login-TCP-Port Login-Time Management-Policy-Id Management-Privilege-Level NAS-Filter-Rule
NAS-Identifier NAS-IP-Address NAS-IPv6-Address NAS-Port NAS-Port-Id NAS-Port-Type Pool-Name Port-Limit
Post-Auth-Type Prompt Proxy-To-Realm Realm Reply-Message Route-IPv6-Information Service-Type Session-Timeout
Session-Type Simultaneous-Use Stateful-IPv6-Address-Pool Strip-User-Name Stripped-User-Name Termination-Action
Tunnel-Assignment-Id Tunnel-Client-Auth-Id Tunnel-Client-Endpoint Tunnel-Medium-Type Tunnel-Preference
Tunnel-Private-Group-Id Tunnel-Server-Auth-Id Tunnel-Server-Endpoint Tunnel-Type User-Category User-Name
User-Priority-Table User-Profile
Max-All-Session Max-Daily-Session Max-Hourly-Session Max-Monthly-Session Max-Weekly-Session
Airespace-ACL-Name Airespace-Interface-Name Airespace-QOS-Level Aruba-User-Role Aruba-User-Vlan Ascend-Data-Rate
Ascend-Xmit-Rate Brocade-Auth-Role ChilliSpot-Bandwidth-Max-Down ChilliSpot-Bandwidth-Max-Up
ChilliSpot-Max-Input-Octets ChilliSpot-Max-Output-Octets ChilliSpot-Max-Total-Octets F5-LTM-User-Role
Fortinet-Access-Profile Fortinet-Group-Name Fortinet-Vdom-Name Foundry-Privilege-Level HP-Privilege-Level
Huawei-Exec-Privilege Juniper-Allow-Commands Juniper-Deny-Commands Juniper-Local-User-Name Mikrotik-Address-List
Mikrotik-Group Mikrotik-Rate-Limit Mikrotik-Recv-Limit Mikrotik-Recv-Limit-Gigawords Mikrotik-Total-Limit
Mikrotik-Total-Limit-Gigawords Mikrotik-Xmit-Limit Mikrotik-Xmit-Limit-Gigawords MS-MPPE-Encryption-Policy
MS-MPPE-Encryption-Types MS-Primary-DNS-Server MS-Secondary-DNS-Server PaloAlto-Admin-Role PaloAlto-User-Group
Ruckus-User-Groups WISPr-Bandwidth-Max-Down WISPr-Bandwidth-Max-Up WISPr-Bandwidth-Min-Down
WISPr-Bandwidth-Min-Up WISPr-Session-Terminate-Time
"""
HARMLESS = frozenset(_NAMES.lower().split())


def is_harmless(attribute: str) -> bool:
    """Whether the value of an attribute may be shown. The server knows names in any case, some with a tag (``:1``)."""
    return re.sub(r":[0-9]+$", "", attribute).lower() in HARMLESS

"""The walk's chapter of how somebody becomes a seller."""

from collections.abc import Sequence

from demo.steps import PASSWORDS, STORE, Step, admin, anybody, seller, vera

VENDOR = STORE + "/vendors/{{new_vendor}}/"
OWN = "/api/vendor"

BECOME_A_SELLER: Sequence[Step] = [
    anybody(
        "POST /api/auth/registration/",
        body={"email": "sela.{{$timestamp}}@example.test", "first_name": "Sela"} | PASSWORDS,
        status=201,
        save={"seller": "access"},
    ),
    seller(
        "POST /api/store/vendors/",
        body={
            "name": "Pots {{$timestamp}}",
            "description": "Pots.",
            "country": "DE",
            "payout_details": {"account_holder": "Sela", "iban": "DE89370400440532013000"},
        },
        status=201,
        save={"new_vendor": "slug"},
    ),
    admin(
        "POST /api/store/vendors/{slug}/reject/",
        VENDOR + "reject/",
        body={"reason": "What kind of pots?"},
    ),
    seller(
        "PATCH /api/store/vendors/{slug}/",
        VENDOR,
        body={"description": "Flower pots of red clay."},
    ),
    seller(
        "POST /api/store/vendors/{slug}/reapply/",
        VENDOR + "reapply/",
        body={"reason": "Flower pots."},
    ),
    admin("POST /api/store/vendors/{slug}/approve/", VENDOR + "approve/", body={}),
    seller("GET /api/vendor/memberships/"),
    seller("GET /api/vendor/"),
    seller("POST /api/store/vendors/{slug}/logo/", VENDOR + "logo/", body={"image": None}),
    seller(
        "POST /api/vendor/invitations/",
        body={"email": "packer.{{$timestamp}}@example.test", "role": "fulfiller"},
        status=201,
        save={"invitation": "id"},
    ),
    seller("GET /api/vendor/invitations/"),
    seller(
        "DELETE /api/vendor/invitations/{id}/", OWN + "/invitations/{{invitation}}/", status=204
    ),
    seller("GET /api/vendor/members/", save={"member": "results.0.id"}),
    # Alone, she stays: a vendor keeps at least one owner.
    seller("DELETE /api/vendor/members/{id}/", OWN + "/members/{{member}}/", status=409),
    anybody(
        "POST /api/auth/jwt/create/",
        body={"email": "vendor@nexus.test"} | PASSWORDS,
        save={"vera": "access"},
    ),
    vera("GET /api/vendor/members/", save={"member": "results.2.id"}),
    vera(
        "PATCH /api/vendor/members/{id}/",
        OWN + "/members/{{member}}/",
        body={"role": "fulfiller"},
    ),
    admin(
        "POST /api/store/vendors/{slug}/suspend/",
        VENDOR + "suspend/",
        body={"reason": "Holidays."},
    ),
    admin("POST /api/store/vendors/{slug}/approve/", VENDOR + "approve/", body={}),
    admin("GET /api/store/vendors/{slug}/changes/", VENDOR + "changes/"),
]

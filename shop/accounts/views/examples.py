"""Values for the examples of the API's documentation."""

PASSWORD = "correct-horse-battery"  # noqa: S105 (an example)
ACCESS = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiI1ZjAxIn0.K0ZBbm5lZA"
REFRESH = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI3ZDkyIn0.UmVmcmVzaA"
TOKENS = {"access": ACCESS, "refresh": REFRESH}
RENEWED_TOKENS = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiI1ZjAxIn0.UmVuZXdlZA",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJhMTM0In0.TmV3ZXN0",
}

ACCOUNT = {
    "id": 42,
    "email": "alice@example.com",
    "username": "alice@example.com",
    "first_name": "Alice",
    "last_name": "Archer",
    "phone_number": "+15550100",
    "is_verified": False,
    "date_joined": "2026-11-20T14:20:00Z",
}
PROFILE = ACCOUNT | {
    "roles": ["customer", "vendor"],
    "vendors": [
        {"id": 7, "name": "Oak & Iron", "slug": "oak-iron", "status": "approved", "role": "owner"}
    ],
}
ADDRESS_BODY = {
    "full_name": "Alice Archer",
    "line1": "12 Orchard Lane",
    "city": "Springfield",
    "region": "IL",
    "postal_code": "62701",
    "country": "US",
    "phone_number": "+15550100",
}
ADDRESS = {
    "id": 3,
    **ADDRESS_BODY,
    "line2": "",
    "is_default_shipping": True,
    "is_default_billing": True,
    "created_at": "2026-11-20T14:20:00Z",
    "updated_at": "2026-11-20T14:20:00Z",
}
CUSTOMER = {
    "id": 7,
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "phone_number": "+442079460000",
    "is_verified": True,
    "is_active": True,
    "date_joined": "2026-11-20T12:00:00Z",
}
CUSTOMERS_CSV = (
    "id,email,first_name,last_name,phone_number,is_verified,is_active,date_joined\r\n"
    "7,ada@example.com,Ada,Lovelace,'+442079460000,true,true,2026-11-20T12:00:00Z\r\n"
)

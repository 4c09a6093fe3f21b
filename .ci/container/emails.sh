# A registration, its email, and the activation.
. /share/tree/.ci/container/lib.sh
use_production

post accounts/register '{"email": "ann@example.com", "password": "StrongPass1!"}'
within 20 emailed 18025 ann@example.com >/dev/null
post accounts/activate "{\"email\": \"ann@example.com\", \"token\": \"$(emailed 18025 ann@example.com)\"}"

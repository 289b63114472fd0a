"""What made-up people are called, and what they write, in the languages of the indexes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Tongue:
    """`middles` and `givens` by sex, separated by spaces."""

    families: str
    middles: Mapping[str, str]
    givens: Mapping[str, str]
    comments: tuple[str, ...]
    foreign: bool = False  # family names come last, too


VIETNAMESE = Tongue(
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Mai"
    " Tô Tạ Lương Phùng Quách Hà Cao Thái Lưu Đào",
    {
        "nam": "Văn Đức Minh Quốc Hữu Xuân Trung Ngọc Thanh Công",
        "nữ": "Thị Thu Ngọc Thanh Bích Mai Kim Hồng Thùy Phương",
    },
    {
        "nam": (
            "An Bình Chung Cường Dũng Đạt Hải Hiếu Hòa Hùng Khánh Lâm Long Mạnh Nam Phong Phúc"
            " Quang Sơn Thành Thắng Tiến Toàn Trường Tuấn Tùng Việt Vinh Sáng Páo"
        ),
        "nữ": (
            "Anh Chi Dung Duyên Giang Hà Hạnh Hiền Hoa Huệ Hương Lan Liên Linh Loan Mai Nga Ngân"
            " Nhung Oanh Phượng Quyên Thảo Thúy Trang Tuyết Vân Yến Xuân Dợ"
        ),
    },
    (
        "Đề nghị các sở trả lời văn bản của cơ sở đúng hạn hơn.",
        "Dịch vụ công trực tuyến còn khó dùng ở vùng sóng yếu, mong có thêm hướng dẫn.",
        "Công chức bộ phận một cửa nhiệt tình, dễ hỏi.",
        "Nên tập huấn về chữ ký số cho cấp xã trước khi bắt buộc.",
        "Một số thủ tục vẫn yêu cầu nộp bản giấy dù đã gửi qua mạng.",
        "Cần giảm số báo cáo trùng nhau giữa các sở.",
        "Việc phối hợp giữa các sở năm nay tốt hơn năm trước.",
        "Mong được trả lời rõ lý do khi hồ sơ bị trả lại.",
    ),
)
# As in the mountains of the northwest.
LAI_CHAU = replace(
    VIETNAMESE,
    families=(
        "Nguyễn Trần Lê Phạm Hoàng Vũ Đỗ Bùi Đinh Lò Vàng Giàng Sùng Thào Mùa Lý Tẩn Chẻo Tao Pờ"
        " Phùng Quàng Cà Lường Đèo Hà Mào Vừ Hạng Phàn"
    ),
)
INDONESIAN = Tongue(
    "Santoso Wijaya Kusuma Hidayat Setiawan Nugroho Pratama Saputra Rahman Siregar Lubis Nasution"
    " Simanjuntak Hutapea Maulana Firmansyah Gunawan Hartono Susanto Permana",
    {"nam": "Adi Bayu Eko Agung Rizki Dwi", "nữ": "Sri Dewi Ayu Nur Indah Tri"},
    {
        "nam": "Ahmad Budi Dedi Fajar Hendra Irfan Joko Rudi Slamet Teguh Wahyu Yusuf",
        "nữ": "Ani Citra Fitri Lestari Maya Putri Ratna Rina Siti Wulan Yanti Yuni",
    },
    (
        "Petugas ramah dan mudah ditanya.",
        "Antrean masih panjang pada pagi hari.",
        "Mohon loket pengaduan dibuka setiap hari.",
        "Pendaftaran daring sebaiknya dibuat lebih mudah.",
    ),
    foreign=True,
)
ENGLISH = Tongue(
    "Reyes Cruz Santos Garcia Bautista Mendoza Flores Ramos Villanueva Castillo Aquino Navarro"
    " Domingo Salazar Mercado Pascual Aguilar Valdez Dizon Manalo",
    {"nam": "Luis Carlos Manuel Pedro Emilio Jaime", "nữ": "Luz Paz Isabel Pilar Corazon Fe"},
    {
        "nam": "Jose Juan Antonio Ramon Carlo Paolo Miguel Rafael Andres Mark Noel Edgar",
        "nữ": "Maria Ana Grace Joy Liza Rosa Carmen Teresa Angela Kristine Lourdes Elena",
    },
    (
        "The staff explained everything well.",
        "Please add a second window on Mondays.",
        "The list of requirements on the website is out of date.",
        "It took less time than last year.",
    ),
    foreign=True,
)
